using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Gateway.Silo.Settings;

/// <summary>Addresses and browser rules of the HTTP side.</summary>
public sealed class HttpOptions
{
    /// <summary><c>ASPNETCORE_URLS</c>; empty: <c>http://0.0.0.0:8000</c>, in demo mode on loopback.</summary>
    public ImmutableArray<string> Urls { get; set; } = [];

    /// <summary><c>GATEWAY_ADMIN_URLS</c>; empty: the admin routes answer on <see cref="Urls"/>. Default in cluster mode: <c>http://127.0.0.1:8001</c>.</summary>
    public ImmutableArray<string> AdminUrls { get; set; } = [];

    /// <summary><c>GATEWAY_CORS_ORIGINS</c>; empty: no browser page of another origin may call.</summary>
    public ImmutableArray<string> CorsOrigins { get; set; } = [];

    /// <summary>
    /// <c>GATEWAY_TRUSTED_PROXIES</c>: whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> count; an address is a network of one. Empty:
    /// nobody's.
    /// </summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary><c>Gateway:Http:HstsSeconds</c>: how long browsers that came over TLS come only over TLS. Zero: they are not told.</summary>
    public TimeSpan Hsts { get; set; }

    /// <summary><c>GATEWAY_TLS_CERT_FILE</c> and <c>GATEWAY_TLS_KEY_FILE</c>; null: that of ASP.NET Core's own settings, if any.</summary>
    public ServerCertificates? Certificates { get; set; }

    public ClientLimits Clients { get; set; } = new();

    /// <summary><c>Gateway:Http:MaxBodyBytes</c>. Default 32 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 32 << 20;
}

/// <summary>What callers of streams get beside the upstream's bytes.</summary>
public sealed class StreamOptions
{
    /// <summary>
    /// <c>Gateway:Stream:KeepAliveSeconds</c>: how long without a byte to the caller until a keep-alive comment is sent. Zero: none is. Default 15 s.
    /// </summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>Where the log goes.</summary>
public sealed class LogOptions
{
    /// <summary><c>Gateway:Log:Format</c>. Default: text.</summary>
    public bool Json { get; set; }

    /// <summary><c>Gateway:Log:Level</c>. Default: information.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Absolute path (<c>GATEWAY_LOG_FILE</c>); null: console only.</summary>
    public string? FilePath { get; set; }
}

/// <summary>How a process stops.</summary>
public sealed class DrainOptions
{
    /// <summary>
    /// <c>Gateway:Drain:AcceptSeconds</c>: how long new connections are still taken after the stop signal, until every balancer has noticed.
    /// Default 5 s in cluster mode, else none.
    /// </summary>
    public TimeSpan Accept { get; set; }

    /// <summary><c>Gateway:Drain:MaxSeconds</c>, from the end of <see cref="Accept"/> on. Default 300 s.</summary>
    public TimeSpan Maximum { get; set; } = TimeSpan.FromSeconds(300);
}

/// <summary>Bounds on credentials.</summary>
public sealed class AuthOptions
{
    /// <summary><c>Gateway:Auth:MaxStalenessSeconds</c>. Default 900 s.</summary>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(900);

    /// <summary><c>Gateway:Auth:OwnKeys:MaxAgeDays</c>: how long a key lives that a caller made for itself. Default 90 days.</summary>
    public TimeSpan MaxOwnKeyAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary><c>Gateway:Auth:OwnKeys:MaxCount</c>: usable keys of one user. Default 20.</summary>
    public int MaxOwnKeys { get; set; } = 20;
}
