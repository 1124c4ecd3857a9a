using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class ProcessSettingDefinitions
{
    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("GATEWAY_HOME", SettingKind.Path, "Folder of .env and start of relative paths; otherwise the nearest parent folder with a .env or Orleans.sln, else the working folder.") { Local = true },
        new("DATA_DIR", SettingKind.Path, "Database and keys of the first start; one process at a time.") { Default = "./data", Local = true },
        new("ASPNETCORE_URLS", SettingKind.List, "Addresses to listen on, separated by semicolons; also --urls.") { Default = "http://0.0.0.0:8000", Local = true },
        new("GATEWAY_ADMIN_URLS", SettingKind.List, "Addresses of the admin routes, which then answer nowhere else. Unset: on the public addresses; in cluster mode on http://127.0.0.1:8001.") { Local = true },
        new("GATEWAY_CORS_ORIGINS", SettingKind.List, "Web origins whose pages may call the gateway."),
        new("GATEWAY_TRUSTED_PROXIES", SettingKind.List, "Addresses and networks of the proxies in front, whose X-Forwarded-For and X-Forwarded-Proto count. Unset: nobody's.") { Local = true },
        new("GATEWAY_TLS_CERT_FILE", SettingKind.Path, "PEM file, watched: the certificate of https:// addresses, then those between it and its authority.") { Local = true },
        new("GATEWAY_TLS_KEY_FILE", SettingKind.Path, "PEM file, watched: its private key, not encrypted.") { Local = true },
        new("GATEWAY_DEMO", SettingKind.Choice, "auto: without a manifest two demo endpoints are served; off: the start ends instead.") { Default = "auto", Local = true },
        new("GATEWAY_LOG_FILE", SettingKind.Path, "File that the log is appended to as well.") { Local = true },
        new("HTTPS_PROXY", SettingKind.Url, "Proxy for what the gateway reaches by https: upstreams, the manifest, discovery of identity providers, introspection.") { Secret = true, Local = true },
        new("NO_PROXY", SettingKind.List, "Hosts reached without the proxy: names, .suffixes, addresses, networks or *.") { Local = true },
        new("Gateway:Log:Format", SettingKind.Choice, "text or json lines on the console.") { Default = "text", Local = true },
        new("Gateway:Log:Level", SettingKind.Choice, "trace, debug, information, warning or error.") { Default = "information", Local = true },
        new("Gateway:Http:MaxBodyBytes", SettingKind.Number, "Bound of a request body.") { Default = "33554432" },
        new("Gateway:Http:HstsSeconds", SettingKind.Seconds, "How long browsers that came over TLS come only over TLS, 0 to 63072000; 0: they are not told.") { Default = "0" },
        new("Gateway:Http:MaxConnections", SettingKind.Number, "Connections at a time, 0 to 1000000; further ones are closed at once. 0: no bound.") { Default = "20000", Local = true },
        new("Gateway:Http:HeadersTimeoutSeconds", SettingKind.Seconds, "From the first byte of a request to the end of its headers, 1 to 300.") { Default = "15", Local = true },
        new("Gateway:Http:KeepAliveSeconds", SettingKind.Seconds, "How long a connection may be idle, 1 to 3600; longer than a load balancer keeps its own.") { Default = "130", Local = true },
        new("Gateway:Http:MinRequestBytesPerSecond", SettingKind.Number, "How fast a body must come once 5 s are over, else 408. 0: no bound.") { Default = "240", Local = true },
        new("Gateway:Http:MinResponseBytesPerSecond", SettingKind.Number, "How fast a client must take what is written to it, after 5 s, else it is cut off and its upstream too. 0: no bound.") { Default = "240", Local = true },
        new("Gateway:Http:MaxStreamsPerConnection", SettingKind.Number, "Requests at a time on one HTTP/2 connection, 1 to 10000.") { Default = "100", Local = true },
        new("Gateway:Stream:KeepAliveSeconds", SettingKind.Seconds, "How long a stream may be silent before its caller gets a comment, 1 to 3600; 0: no comments.") { Default = "15" },
        new("Gateway:Drain:AcceptSeconds", SettingKind.Seconds, "How long a stopping process still takes new connections, 0 to 300. Unset: 5 in cluster mode, else 0."),
        new("Gateway:Drain:MaxSeconds", SettingKind.Seconds, "How long a stopping process lets running requests finish, 0 to 3600.") { Default = "300" },
    ];
}
