using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class StoreSettingDefinitions
{
    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("DATABASE_URL", SettingKind.Url, "PostgreSQL in place of SQLite: postgres://user:password@host:5432/database?sslmode=…, or Host=…;Database=…;Username=…;Password=…") { Secret = true },
        new("GATEWAY_ADOPT_DIR", SettingKind.Path, "Folder with journals of other nodes.")
        {
            Local = true,
            Support = SettingSupport.NotEnforced,
            Advice = "usage is not written down by this version",
        },
    ];
}
