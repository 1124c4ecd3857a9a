using System.Collections.Immutable;

namespace Gateway.Abstractions.Manifests;

/// <summary>One accepted entry of a status manifest, overlay applied, defaults filled in.</summary>
[GenerateSerializer, Immutable, Alias("ManifestEntry")]
public sealed record ManifestEntry
{
    /// <summary>The manifest key; unique over all manifests.</summary>
    [Id(0)] public required string Id { get; init; }

    [Id(1)] public required string Cluster { get; init; }

    [Id(2)] public required string Framework { get; init; }

    [Id(3)] public required EntryStatus Status { get; init; }

    /// <summary>The status as written, lower-cased; what listings show when it is not Live.</summary>
    [Id(4)] public required string StatusText { get; init; }

    [Id(5)] public required string Model { get; init; }

    [Id(6)] public required string Description { get; init; }

    /// <summary>Absolute http(s) URL without user info and fragment; may have a path and a query.</summary>
    [Id(7)] public required string Url { get; init; }

    [Id(8)] public required string EndpointId { get; init; }

    /// <summary>Model names that callers may ask for, aliases included.</summary>
    [Id(9)] public required ImmutableArray<string> Experts { get; init; }

    /// <summary>Public name → name sent upstream, for those of <see cref="Experts"/> that differ.</summary>
    [Id(10)] public ImmutableDictionary<string, string> Aliases { get; init; } = ImmutableDictionary<string, string>.Empty;

    [Id(11)] public int Priority { get; init; }

    [Id(12)] public int Weight { get; init; } = 1;

    [Id(13)] public Dialect Dialect { get; init; }

    [Id(14)] public UpstreamAuth Auth { get; init; }

    [Id(15)] public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    [Id(16)] public ImmutableDictionary<string, string> Query { get; init; } = ImmutableDictionary<string, string>.Empty;

    [Id(17)] public required string LimitGroup { get; init; }

    [Id(18)] public AccountLimits? Limits { get; init; }

    [Id(19)] public UpstreamTimeouts Timeouts { get; init; } = new();

    /// <summary>Null: no restriction. Otherwise qualified <c>alias/name</c> groups of which the caller needs one; empty: nobody.</summary>
    [Id(20)] public ImmutableArray<string>? AllowedGroups { get; init; }

    /// <summary>Null: no restriction. Otherwise identity domains of which the caller's must be one; empty: nobody.</summary>
    [Id(21)] public ImmutableArray<string>? AllowedDomains { get; init; }

    [Id(22)] public TokenPrices? Prices { get; init; }

    [Id(23)] public int? ContextWindow { get; init; }

    [Id(24)] public ProbeKind Probe { get; init; }

    /// <summary>Shown to callers while the entry does not serve.</summary>
    [Id(25)] public string? Notice { get; init; }

    /// <summary>A fully sent unary request that met only silence may be sent elsewhere.</summary>
    [Id(26)] public bool RetryUnary { get; init; }

    /// <summary>Names of caller headers that are passed on besides the fixed list.</summary>
    [Id(27)] public ImmutableArray<string> ForwardHeaders { get; init; } = [];

    [Id(28)] public int? MaxOutputTokens { get; init; }

    /// <summary>Both lead to the same account at the same place, so that what is known of the health of one holds for the other.</summary>
    public bool HasSameUpstream(ManifestEntry other) => Url == other.Url && EndpointId == other.EndpointId && Auth == other.Auth;

    [Id(29)] public int? InputExtraTokens { get; init; }
}

[GenerateSerializer, Alias("EntryStatus")]
public enum EntryStatus
{
    Unknown,
    Live,
    Offline,
    Maintenance,
}

[GenerateSerializer, Alias("Dialect")]
public enum Dialect
{
    OpenAI,
    Anthropic,
    Azure,
}

[GenerateSerializer, Alias("UpstreamAuth")]
public enum UpstreamAuth
{
    Bearer,
    XApiKey,
    ApiKey,
    None,
}

[GenerateSerializer, Alias("ProbeKind")]
public enum ProbeKind
{
    Off,
    Models,
    Tcp,
}

/// <summary>Provider-side limits of the account behind a limit group; null is unlimited.</summary>
[GenerateSerializer, Immutable, Alias("AccountLimits")]
public sealed record AccountLimits
{
    [Id(0)] public long? RequestsPerMinute { get; init; }

    [Id(1)] public long? TokensPerMinute { get; init; }

    [Id(2)] public int? Concurrency { get; init; }
}

/// <summary>Bounds of one attempt. Seconds in the manifest.</summary>
[GenerateSerializer, Immutable, Alias("UpstreamTimeouts")]
public sealed record UpstreamTimeouts
{
    [Id(0)] public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(5);

    [Id(1)] public TimeSpan FirstByte { get; init; } = TimeSpan.FromSeconds(90);

    [Id(2)] public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Null: 900 s for unary answers, 3,600 s for streams.</summary>
    [Id(3)] public TimeSpan? Total { get; init; }
}

/// <summary>USD per million tokens.</summary>
[GenerateSerializer, Immutable, Alias("TokenPrices")]
public sealed record TokenPrices
{
    [Id(0)] public decimal? Input { get; init; }

    [Id(1)] public decimal? Output { get; init; }

    [Id(2)] public decimal? CachedInput { get; init; }

    [Id(3)] public decimal? CacheWrite { get; init; }

    [Id(4)] public decimal? Reasoning { get; init; }
}
