using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;

namespace Gateway.Abstractions.Endpoints;

/// <summary>Outcomes that one node saw at one entry since its last report.</summary>
[GenerateSerializer, Immutable, Alias("EndpointReport")]
public sealed record EndpointReport
{
    [Id(0)] public required string NodeId { get; init; }

    /// <summary>Made at node start; sequences of different sessions are not comparable.</summary>
    [Id(1)] public required string Session { get; init; }

    /// <summary>Rising by one a report; a repeated one is ignored, so that a report may be sent again.</summary>
    [Id(2)] public required long Sequence { get; init; }

    /// <summary>In the order in which they ended.</summary>
    [Id(3)] public required ImmutableArray<OutcomeRun> Runs { get; init; }

    /// <summary>Requests at this entry now.</summary>
    [Id(4)] public required int InFlight { get; init; }

    /// <summary>The node's peak-EWMA of time to first byte; null before the first answer.</summary>
    [Id(5)] public TimeSpan? FirstByteEwma { get; init; }

    /// <summary>
    /// Fingerprint of the key that the provider accepted last, so that it ends the ejection of another; null: none, or refused since. Beside
    /// a refusal in <see cref="Runs"/> it repeats the refused key: earlier versions look for it here.
    /// </summary>
    [Id(6)] public string? KeyFingerprint { get; init; }

    /// <summary>Settles the probe that this node was granted: its outcome is the last of <see cref="Runs"/>; no run: it was not used.</summary>
    [Id(7)] public long? ProbeId { get; init; }
}

/// <summary>Consecutive outcomes of one kind.</summary>
[GenerateSerializer, Immutable, Alias("OutcomeRun")]
public sealed record OutcomeRun
{
    [Id(0)] public required UpstreamFailure Failure { get; init; }

    [Id(1)] public required int Count { get; init; }

    /// <summary>The provider's <c>Retry-After</c> of the last one.</summary>
    [Id(2)] public TimeSpan? RetryAfter { get; init; }

    /// <summary>
    /// With <see cref="UpstreamFailure.None"/>: what happened is laid to the request and counts neither as a success nor as a failure.
    /// Of a probe: the endpoint is alive, and nothing is known of its key.
    /// </summary>
    [Id(3)] public bool Rejected { get; init; }

    /// <summary>With <see cref="UpstreamFailure.KeyRefused"/>: whose key was refused. Null also from nodes of earlier versions.</summary>
    [Id(4)] public string? KeyFingerprint { get; init; }
}

[GenerateSerializer, Alias("CircuitState")]
public enum CircuitState
{
    Closed,
    Open,
    HalfOpen,
}

/// <summary>The cluster's word on one entry's health.</summary>
[GenerateSerializer, Immutable, Alias("EndpointVerdict")]
public sealed record EndpointVerdict
{
    [Id(0)] public required string EntryId { get; init; }

    /// <summary>Strictly rising per entry: <c>max(previous + 1, unix ms)</c>.</summary>
    [Id(1)] public required long Version { get; init; }

    [Id(2)] public required CircuitState Circuit { get; init; }

    /// <summary>While open: when the one probe may go. While half-open: when the probe's permit lapses.</summary>
    [Id(3)] public DateTimeOffset? OpenUntil { get; init; }

    [Id(4)] public DateTimeOffset? CoolingUntil { get; init; }

    /// <summary>What made it cool.</summary>
    [Id(5)] public UpstreamFailure CoolingCause { get; init; }

    /// <summary>The provider refused the key with <see cref="KeyFingerprint"/>; one request a minute tries it again.</summary>
    [Id(6)] public bool Ejected { get; init; }

    [Id(7)] public string? KeyFingerprint { get; init; }

    [Id(8)] public DateTimeOffset? NextEjectionTrial { get; init; }

    /// <summary>What opened the circuit.</summary>
    [Id(9)] public UpstreamFailure LastFailure { get; init; }

    public bool IsHealthy => Circuit == CircuitState.Closed && CoolingUntil is null && !Ejected;
}

/// <summary>Permission for one request to try an entry that is not trusted.</summary>
[GenerateSerializer, Immutable, Alias("ProbePermit")]
public sealed record ProbePermit
{
    [Id(0)] public required long ProbeId { get; init; }

    /// <summary>Without a report by then the permit lapses and another may be granted.</summary>
    [Id(1)] public required DateTimeOffset ValidUntil { get; init; }
}

/// <summary>The state of one entry as operators see it.</summary>
[GenerateSerializer, Immutable, Alias("EndpointDescription")]
public sealed record EndpointDescription
{
    [Id(0)] public required EndpointVerdict Verdict { get; init; }

    [Id(1)] public required long Requests { get; init; }

    [Id(2)] public required long Failures { get; init; }

    [Id(3)] public required int ConsecutiveFailures { get; init; }

    [Id(4)] public required int InFlight { get; init; }

    /// <summary>The slowest node's estimate.</summary>
    [Id(5)] public TimeSpan? FirstByteEwma { get; init; }

    [Id(6)] public required ImmutableDictionary<string, long> FailuresByCause { get; init; }

    [Id(7)] public required DateTimeOffset ActivatedAt { get; init; }

    [Id(8)] public required string Silo { get; init; }

    /// <summary>Null: none since the activation, or since the order to probe changed.</summary>
    [Id(9)] public ProbeResult? LastProbe { get; init; }
}

/// <summary>The manifest's word whether an entry is probed. Holds for <see cref="HealthPolicy.ProbeOrderLease"/>.</summary>
[GenerateSerializer, Immutable, Alias("ProbeOrder")]
public sealed record ProbeOrder
{
    /// <summary>The feed's; an older order than the one in force is ignored.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>What is probed, and how; null: nothing is.</summary>
    [Id(1)] public ManifestEntry? Entry { get; init; }
}

/// <summary>How an active probe ended.</summary>
[GenerateSerializer, Immutable, Alias("ProbeResult")]
public sealed record ProbeResult
{
    [Id(0)] public required ProbeKind Kind { get; init; }

    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>None: the endpoint is alive.</summary>
    [Id(2)] public required UpstreamFailure Failure { get; init; }

    /// <summary>Of the answer, if there was one.</summary>
    [Id(3)] public int? Status { get; init; }

    [Id(4)] public required TimeSpan Duration { get; init; }
}
