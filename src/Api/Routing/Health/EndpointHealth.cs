using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Routing.Health;

/// <summary>What a node believes of one entry: the cluster's verdict, and its own outcomes that the verdict does not cover yet.</summary>
public sealed record EndpointHealth
{
    public static readonly EndpointHealth Healthy = new();

    /// <summary>Null: the cluster has nothing against the entry.</summary>
    public EndpointVerdict? Verdict { get; init; }

    /// <summary>Until then the node keeps away on its own word.</summary>
    public DateTimeOffset? TrippedUntil { get; init; }

    public DateTimeOffset? CoolingUntil { get; init; }

    public UpstreamFailure CoolingCause { get; init; }

    public ImmutableArray<RefusedKey> RefusedKeys { get; init; } = [];

    /// <summary>Nothing speaks against a request, whatever the time.</summary>
    public bool IsClear => Verdict is null && !HasOwnOutcomes;

    public bool HasOwnOutcomes => TrippedUntil is not null || CoolingUntil is not null || RefusedKeys.Length > 0;

    private bool EjectedByCluster => Verdict is { Ejected: true };

    /// <summary>The cluster's cooling or the node's own, whichever is longer.</summary>
    public (DateTimeOffset Until, UpstreamFailure Cause)? Cooling(DateTimeOffset now)
    {
        var own = HealthPolicy.IsToCome(CoolingUntil, now, HealthPolicy.LongestCooling) ? CoolingUntil : null;
        var cluster = HealthPolicy.IsToCome(Verdict?.CoolingUntil, now, HealthPolicy.LongestCooling) ? Verdict!.CoolingUntil : null;
        if (own is null && cluster is null)
        {
            return null;
        }

        return cluster is null || own >= cluster ? (own!.Value, CoolingCause) : (cluster.Value, Verdict!.CoolingCause);
    }

    public bool IsRefused(string? fingerprint) =>
        (EjectedByCluster && Verdict!.KeyFingerprint == fingerprint) || OwnRefusal(fingerprint) is not null;

    /// <summary>When one request may try a key again that only this node saw refused; null: that is for the cluster to say, or not refused.</summary>
    public DateTimeOffset? OwnRetryAt(string? fingerprint) =>
        EjectedByCluster && Verdict!.KeyFingerprint == fingerprint ? null : OwnRefusal(fingerprint)?.RetryAt;

    public bool OwnRetryIsDue(string? fingerprint, DateTimeOffset now) =>
        OwnRetryAt(fingerprint) is { } at && !HealthPolicy.IsToCome(at, now, HealthPolicy.EjectionTrialPeriod);

    /// <param name="now">Wall clock.</param>
    /// <param name="allKeysRefused">No key of the entry is left.</param>
    public Availability Judge(DateTimeOffset now, bool allKeysRefused)
    {
        if (allKeysRefused)
        {
            return EjectedByCluster && Verdict!.NextEjectionTrial is { } trial && !HealthPolicy.IsToCome(trial, now, HealthPolicy.EjectionTrialPeriod) ? Availability.EjectedTrialDue : Availability.Ejected;
        }

        if (Cooling(now) is not null)
        {
            return Availability.Cooling;
        }

        if (Verdict is { Circuit: not CircuitState.Closed } open)
        {
            return HealthPolicy.IsToCome(open.OpenUntil, now, HealthPolicy.LongestOpen) ? Availability.Open : Availability.OpenProbeDue;
        }

        return HealthPolicy.IsToCome(TrippedUntil, now, HealthPolicy.FirstOpen) ? Availability.Open : Availability.Usable;
    }

    private RefusedKey? OwnRefusal(string? fingerprint)
    {
        foreach (var refused in RefusedKeys)
        {
            if (refused.Fingerprint == fingerprint)
            {
                return refused;
            }
        }

        return null;
    }
}
