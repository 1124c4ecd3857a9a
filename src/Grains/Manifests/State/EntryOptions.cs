using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Grains.Manifests.State;

/// <summary>The optional fields of an entry, as a manifest or an overlay states them; null: not stated.</summary>
[GenerateSerializer, Immutable, Alias("EntryOptions")]
public sealed record EntryOptions
{
    [Id(0)] public int? Priority { get; init; }

    [Id(1)] public int? Weight { get; init; }

    [Id(2)] public Dialect? Dialect { get; init; }

    [Id(3)] public UpstreamAuth? Auth { get; init; }

    [Id(4)] public ImmutableDictionary<string, string>? Headers { get; init; }

    [Id(5)] public ImmutableDictionary<string, string>? Query { get; init; }

    [Id(6)] public ImmutableDictionary<string, string>? Aliases { get; init; }

    [Id(7)] public AccountLimits? Limits { get; init; }

    [Id(8)] public string? LimitGroup { get; init; }

    [Id(9)] public UpstreamTimeouts? Timeouts { get; init; }

    /// <summary>As written, not yet qualified.</summary>
    [Id(10)] public ImmutableArray<string>? AllowedGroups { get; init; }

    [Id(11)] public ImmutableArray<string>? AllowedDomains { get; init; }

    [Id(12)] public TokenPrices? Prices { get; init; }

    [Id(13)] public int? ContextWindow { get; init; }

    [Id(14)] public ProbeKind? Probe { get; init; }

    [Id(15)] public string? Cluster { get; init; }

    [Id(16)] public string? Framework { get; init; }

    [Id(17)] public string? Notice { get; init; }

    [Id(18)] public bool? RetryUnary { get; init; }

    [Id(19)] public ImmutableArray<string>? ForwardHeaders { get; init; }

    [Id(20)] public int? MaxOutputTokens { get; init; }

    [Id(21)] public int? InputExtraTokens { get; init; }
}
