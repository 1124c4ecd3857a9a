using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class ManifestSettingDefinitions
{
    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("METIS_STATUS_URL", SettingKind.Url, "Status manifest: http(s)://, file:/// or a path; or a list name=url, one cluster each."),
        new("METIS_STATUS_AUTHORIZATION", SettingKind.Text, "Authorization header for the manifest; with several hosts a JSON object of cluster name to value.") { Secret = true },
        new("METIS_API_TOKENS", SettingKind.Json, "endpoint_id to provider key, list of keys (newest first) or {\"keys\":[],\"origins\":[]}.") { Secret = true },
        new("METIS_API_HEADERS", SettingKind.Json, "endpoint_id to {header: value}, sent with every request to it.") { Secret = true },
        new("METIS_OVERLAY", SettingKind.Path, "Watched JSON file: manifest key to optional fields that win over the manifest."),
        new("METIS_REFRESH_SECONDS", SettingKind.Seconds, "Time between two fetches of the manifest, 1 to 3600.") { Default = "30" },
        new("METIS_TIMEOUT_SECONDS", SettingKind.Seconds, "Bound of one fetch, 1 to 300.") { Default = "10" },
        new("GATEWAY_PRIVATE_UPSTREAMS", SettingKind.Choice, "allow or deny upstreams on private and loopback addresses.") { Default = "allow" },
        new("GATEWAY_MODELS", SettingKind.Json, "Fallback chains {\"name\":[\"a\",\"b\"]}: requests for name are served by a, and by b where a cannot; or the path of a watched file with them."),
    ];
}
