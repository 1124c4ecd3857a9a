using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class ClusterSettingDefinitions
{
    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("CLUSTER_ID", SettingKind.Text, "Name of the cluster. It stands in usage journals, and those of another cluster are not taken in.") { Default = "gateway" },
        new("CLUSTER_SECRET", SettingKind.Text, "32 characters or more. Unset in embedded mode: made at the first start in DATA_DIR/cluster-secret.") { Secret = true },
        new("REDIS_URL", SettingKind.Url, "Chooses cluster mode: redis[s]://[:password@]host[:port][/db] or host:port,option=… Needs DATABASE_URL, CLUSTER_SECRET and GATEWAY_ADMIN_KEY.") { Secret = true },
        new("SILO_ADDRESS", SettingKind.Text, "IP address at which other processes reach this silo. Unset: 127.0.0.1 when Redis is on loopback, else that of the route to Redis.") { Local = true },
        new("SILO_PORT", SettingKind.Number, "Port of a silo for the other processes.") { Default = "11111", Local = true },
        new("SILO_GATEWAY_PORT", SettingKind.Number, "Port of a silo for front-ends; Orleans engine only.") { Default = "30000", Local = true },
        new("SILO_HTTP_URLS", SettingKind.List, "Health and metrics of a silo.") { Default = "http://0.0.0.0:8081", Local = true },
        new("Gateway:Cluster:AllowPlaintext", SettingKind.Choice, "true: the Orleans engine may run without TLS between processes. Only for networks that nobody else is on.") { Default = "false" },
        new("Gateway:Cluster:Tls:CertificateFile", SettingKind.Path, "PEM file, watched: the certificate that this process shows to the others, for server and client use, then those between it and the authority.") { Local = true },
        new("Gateway:Cluster:Tls:KeyFile", SettingKind.Path, "PEM file, watched: its private key.") { Local = true },
        new("Gateway:Cluster:Tls:CaFile", SettingKind.Path, "PEM file, watched: the authority that the others' certificates must come from.") { Local = true },
    ];
}
