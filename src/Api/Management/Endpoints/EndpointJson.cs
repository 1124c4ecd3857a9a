using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;

namespace Gateway.Api.Management.Endpoints;

/// <summary>An entry and its health for operators. What is not named here is not shown: no key, no header value, no query value.</summary>
public record EndpointJson
{
    public required string Id { get; init; }

    public required string Cluster { get; init; }

    public required string Framework { get; init; }

    /// <summary>As the manifest says, in lower case.</summary>
    public required string Status { get; init; }

    /// <summary>New requests may go there, health aside.</summary>
    public required bool Serves { get; init; }

    public required CircuitState Circuit { get; init; }

    /// <summary>Attempts under way at all nodes.</summary>
    public required int InFlight { get; init; }

    public required ImmutableArray<string> Models { get; init; }

    public required int Priority { get; init; }

    public required int Weight { get; init; }

    public required string EndpointId { get; init; }

    /// <summary>Scheme, host and port.</summary>
    public required string Origin { get; init; }

    public DateTime? OpenUntil { get; init; }

    public DateTime? CoolingUntil { get; init; }

    public UpstreamFailure? CoolingCause { get; init; }

    /// <summary>The provider refuses the key.</summary>
    public required bool Ejected { get; init; }

    public double? TimeToFirstByteMs { get; init; }

    public OverrideJson? Override { get; init; }

    public string? Silo { get; init; }

    public DateTime? ActivatedAt { get; init; }

    public long? StateVersion { get; init; }

    /// <summary>When the state was read.</summary>
    public required DateTime AsOf { get; init; }
}

/// <summary>The whole state of one entry.</summary>
public sealed record EndpointDetailJson : EndpointJson
{
    [SetsRequiredMembers]
    public EndpointDetailJson(EndpointJson row)
        : base(row)
    {
    }

    public string Model { get; init; } = "";

    public string Description { get; init; } = "";

    public string? Notice { get; init; }

    public string Dialect { get; init; } = "";

    public string Auth { get; init; } = "";

    public string Path { get; init; } = "";

    public ImmutableArray<string> HeaderNames { get; init; } = [];

    public ImmutableArray<string> QueryNames { get; init; } = [];

    public string LimitGroup { get; init; } = "";

    public ImmutableArray<string>? AllowedGroups { get; init; }

    public ImmutableArray<string>? AllowedDomains { get; init; }

    public TokenPrices? Prices { get; init; }

    public int? ContextWindow { get; init; }

    public int? MaxOutputTokens { get; init; }

    public TimeoutsJson? Timeouts { get; init; }

    public long? Requests { get; init; }

    public long? Failures { get; init; }

    public int? ConsecutiveFailures { get; init; }

    public ImmutableDictionary<string, long>? FailuresByCause { get; init; }

    public UpstreamFailure? LastFailure { get; init; }

    public string? KeyFingerprint { get; init; }

    public DateTime? NextEjectionTrial { get; init; }

    public ProbeKind Probe { get; init; }

    public ProbeJson? LastProbe { get; init; }

    /// <summary>Owners that did not answer in time: then the state is what this node knows.</summary>
    public ImmutableArray<string> Unavailable { get; init; } = [];
}

public sealed record OverrideJson(OverrideMode Mode, string? Reason, string? Notice, string SetBy, DateTime SetAt)
{
    public static OverrideJson? Of(EndpointOverride? word) =>
        word is null ? null : new OverrideJson(word.Mode, word.Reason, word.Notice, word.SetBy, word.SetAt.UtcDateTime);
}

/// <param name="Failure">Null: the endpoint was found alive.</param>
/// <param name="Status">Of the answer, if there was one.</param>
public sealed record ProbeJson(ProbeKind Kind, DateTime At, UpstreamFailure? Failure, int? Status, double DurationMs)
{
    public static ProbeJson? Of(ProbeResult? result) => result is null ? null : new ProbeJson(
        result.Kind, result.At.UtcDateTime, result.Failure is UpstreamFailure.None ? null : result.Failure, result.Status, result.Duration.TotalMilliseconds);
}

/// <summary>Seconds.</summary>
public sealed record TimeoutsJson(double Connect, double FirstByte, double Idle, double? Total)
{
    public static TimeoutsJson Of(UpstreamTimeouts timeouts) =>
        new(timeouts.Connect.TotalSeconds, timeouts.FirstByte.TotalSeconds, timeouts.Idle.TotalSeconds, timeouts.Total?.TotalSeconds);
}
