using System.Collections.Immutable;

namespace Gateway.Grains.Manifests;

/// <summary>Where manifests come from (<c>METIS_STATUS_URL</c> and its companions).</summary>
public sealed class ManifestOptions
{
    /// <summary>In the order of the setting: of two entries with one key the earlier source wins.</summary>
    public ImmutableArray<ManifestSource> Sources { get; set; } = [];

    /// <summary>Absolute path of the overlay file (<c>METIS_OVERLAY</c>); null: none.</summary>
    public string? OverlayPath { get; set; }

    /// <summary>Time between fetches (<c>METIS_REFRESH_SECONDS</c>). Default 30 s.</summary>
    public TimeSpan RefreshPeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bound of one fetch (<c>METIS_TIMEOUT_SECONDS</c>). Default 10 s.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Issuer alias that a plain group name in <c>allowed_groups</c> belongs to.</summary>
    public string DefaultIssuer { get; set; } = "local";

    /// <summary>False (<c>GATEWAY_PRIVATE_UPSTREAMS=deny</c>): entries whose host is a private or loopback address are rejected.</summary>
    public bool AllowPrivateUpstreams { get; set; } = true;

    /// <summary>How long front-ends serve known keys without the cluster (<c>Gateway:Auth:MaxStalenessSeconds</c>). Default 900 s.</summary>
    public TimeSpan KeysServeFor { get; set; } = TimeSpan.FromSeconds(900);

    /// <summary>Hash over the settings of this silo that must agree in the cluster; empty: not compared.</summary>
    public string SettingsHash { get; set; } = "";

    /// <summary>Settings without effect in this version, each with the reason; listed beside the manifest's own.</summary>
    public ImmutableArray<string> NotEnforced { get; set; } = [];
}

/// <summary>One manifest address.</summary>
/// <param name="Name">Cluster name of its entries.</param>
/// <param name="Location">Absolute http(s) or file URL, without user info.</param>
/// <param name="Authorization">Whole value of the <c>Authorization</c> header; secret; null: none.</param>
public sealed record ManifestSource(string Name, Uri Location, string? Authorization)
{
    public override string ToString() => $"{Name}={Location.GetLeftPart(UriPartial.Path)}";
}
