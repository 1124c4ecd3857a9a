using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class StoreSettingDefinitions
{
    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("DATABASE_URL", SettingKind.Url, "PostgreSQL instead of SQLite.")
        {
            Secret = true,
            Support = SettingSupport.Refused,
            Advice = "asks for PostgreSQL, but this version stores in SQLite below DATA_DIR; remove it",
        },
        new("GATEWAY_ADOPT_DIR", SettingKind.Path, "Folder with journals of other nodes.")
        {
            Local = true,
            Support = SettingSupport.NotEnforced,
            Advice = "usage is not written down by this version",
        },
    ];
}
