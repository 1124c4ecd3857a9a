using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class StoreSettingDefinitions
{
    private const string OneProcess = "this version runs as one process";

    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("CLUSTER_ID", SettingKind.Text, "Name of the cluster.") { Default = "gateway" },
        new("CLUSTER_SECRET", SettingKind.Text, "32 characters or more. Unset: made at the first start in DATA_DIR/cluster-secret.") { Secret = true },
        new("REDIS_URL", SettingKind.Url, "Chooses cluster mode.")
        {
            Secret = true,
            Support = SettingSupport.Refused,
            Advice = "asks for cluster mode, but " + OneProcess + " with its own database; remove it",
        },
        new("DATABASE_URL", SettingKind.Url, "PostgreSQL in place of SQLite: postgres://user:password@host:5432/database?sslmode=…, or Host=…;Database=…;Username=…;Password=…") { Secret = true },
        Ignored("SILO_ADDRESS", "Address of a silo."),
        Ignored("SILO_PORT", "Port of a silo.") with { Default = "11111" },
        Ignored("SILO_GATEWAY_PORT", "Client port of a silo.") with { Default = "30000" },
        Ignored("SILO_HTTP_URLS", "Health and metrics of a silo.") with { Default = "http://0.0.0.0:8081" },
        Ignored("GATEWAY_ADOPT_DIR", "Folder with journals of other nodes.") with { Advice = "usage is not written down by this version" },
        Ignored("Cluster:AllowPlaintext", "Silos without TLS."),
    ];

    private static SettingDefinition Ignored(string name, string description) =>
        new(name, SettingKind.Text, description) { Local = true, Support = SettingSupport.NotEnforced, Advice = OneProcess };
}
