using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class StoreSettingDefinitions
{
    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("DATABASE_URL", SettingKind.Url, "PostgreSQL in place of SQLite: postgres://user:password@host:5432/database?sslmode=…, or Host=…;Database=…;Username=…;Password=…") { Secret = true },
        new("GATEWAY_ADOPT_DIR", SettingKind.Path, "Folder with data directories of other front-ends, on a file system with locks: usage that nobody has taken in from their journals is taken in from here.") { Local = true },
        new("Gateway:Journal:MaxMegabytes", SettingKind.Number, "Bound of the journal in DATA_DIR, 64 to 1048576: with more than this that the database has not taken in, requests are refused.") { Default = "1024", Local = true },
        new("Gateway:Journal:FlushMilliseconds", SettingKind.Number, "The most of the journal that a power cut can cost, 10 to 60000.") { Default = "1000", Local = true },
        new("Gateway:Usage:RecordDays", SettingKind.Number, "How long single usage records and sums per hour are kept, 32 to 36500; PostgreSQL drops whole months.") { Default = "400" },
        new("Gateway:Usage:SumDays", SettingKind.Number, "How long sums of usage per day are kept; at least as long as records, and 367: budgets that roll over a year are rebuilt from them.") { Default = "1830" },
    ];
}
