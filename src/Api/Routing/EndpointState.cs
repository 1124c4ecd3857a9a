using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing.Balancing;
using Gateway.Api.Routing.Health;
using Gateway.Api.Routing.Retries;

namespace Gateway.Api.Routing;

/// <summary>What this node knows of one entry from its own traffic and from the cluster; lives as long as the entry's key.</summary>
public sealed class EndpointState
{
    private static readonly TimeSpan AnswerPrecedence = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly PeakEwma firstByte;
    private readonly SlidingCounter outcomes;
    private readonly SlidingCounter failures;
    private EndpointHealth health = EndpointHealth.Healthy;
    private string? lastKeyFingerprint;
    private string? acceptedKeyFingerprint;
    private long verdictVersion;
    private long healthyAsOf;
    private long answeredAt;
    private int consecutiveFailures;
    private int resetsInBody;

    // Beyond what is excused while no key of the entry has been accepted: nothing speaks for them then.
    private int forbidden = HealthPolicy.ExcusedForbidden;
    private int inFlight;

    public EndpointState()
        : this(TimeProvider.System)
    {
    }

    public EndpointState(TimeProvider time)
    {
        this.time = time;
        firstByte = new PeakEwma(time);
        var window = (int)HealthPolicy.Window.TotalSeconds;
        outcomes = new SlidingCounter(window, 1, time);
        failures = new SlidingCounter(window, 1, time);
        Probes = new ProbeGate(time);
    }

    /// <summary>The manifest key.</summary>
    public string Id { get; init; } = "";

    /// <summary>Told at once of every failure and settled probe.</summary>
    public IOutcomeListener? Listener { get; init; }

    /// <summary>The entry leads to another upstream now: what requests that are still under way see says nothing about that one.</summary>
    public bool IsReplaced { get; set; }

    public int InFlight => Volatile.Read(ref inFlight);

    /// <summary>Time to first byte; NaN while too little is known.</summary>
    public double EstimateSeconds => firstByte.Seconds;

    public TimeSpan? Estimate => firstByte.Estimate;

    public EndpointHealth Health => Volatile.Read(ref health);

    /// <summary>Fingerprint of the key of the last attempt that began.</summary>
    public string? LastKeyFingerprint => Volatile.Read(ref lastKeyFingerprint);

    /// <summary>Fingerprint of the key that the provider accepted last and has not refused since; null: none, or it is configured no more.</summary>
    public string? AcceptedKeyFingerprint =>
        Volatile.Read(ref acceptedKeyFingerprint) is { } accepted && Targets.Any(target => target.KeyFingerprint == accepted) ? accepted : null;

    /// <summary>Of the snapshot in force; newest key first.</summary>
    public ImmutableArray<UpstreamTarget> Targets { get; internal set; } = [];

    public OutcomeLog Outcomes { get; } = new();

    public ProbeGate Probes { get; }

    public ReportSlot Reports { get; } = new();

    /// <summary>Counts the attempt in; <see cref="Attempt.End"/> must follow exactly once.</summary>
    /// <param name="target">Where the attempt goes: a refusal is laid to this target's key. Null: the one that is in use now.</param>
    public Attempt Begin(long? probeId, UpstreamTarget? target = null)
    {
        Interlocked.Increment(ref inFlight);
        target ??= TargetInUse();
        if (!ReferenceEquals(lastKeyFingerprint, target?.KeyFingerprint))
        {
            Volatile.Write(ref lastKeyFingerprint, target?.KeyFingerprint);
        }

        return new Attempt(this, time, probeId, target);
    }

    internal void ObserveFirstByte(TimeSpan elapsed) => firstByte.Observe(elapsed);

    internal void End(long? probeId, UpstreamTarget? target, UpstreamFailure failure, TimeSpan? retryAfter)
    {
        Interlocked.Decrement(ref inFlight);
        if (failure is UpstreamFailure.None)
        {
            Succeed(target);
        }
        else if (failure is not UpstreamFailure.CallerGone)
        {
            Fail(target, failure, retryAfter);
        }

        var refusedKey = failure is UpstreamFailure.KeyRefused ? target?.KeyFingerprint : null;
        if (probeId is { } id)
        {
            Outcomes.AddProbe(new ProbeOutcome(id, failure, retryAfter) { KeyFingerprint = refusedKey });
            Probes.Settle();
        }
        else if (failure is UpstreamFailure.None)
        {
            Outcomes.AddSuccess();
            return;
        }
        else if (IsCoveredByNextKey(target, failure))
        {
            return;
        }
        else
        {
            Outcomes.AddFailure(failure, retryAfter, refusedKey);
        }

        Listener?.OutcomeEnded(this);
    }

    internal void EndRejected(long? probeId)
    {
        Interlocked.Decrement(ref inFlight);
        if (probeId is not { } id)
        {
            Outcomes.AddRejection();
            return;
        }

        // It answered: that closes its circuit. Of its key nothing is known.
        Volatile.Write(ref consecutiveFailures, 0);
        lock (gate)
        {
            Publish(health with { TrippedUntil = null });
        }

        Outcomes.AddProbe(new ProbeOutcome(id, UpstreamFailure.None, null) { Rejected = true });
        Probes.Settle();
        Listener?.OutcomeEnded(this);
    }

    /// <summary>A probe that ends so is free for another request.</summary>
    internal void EndExcused(long? probeId)
    {
        if (probeId is null)
        {
            EndRejected(null);
        }
        else
        {
            End(probeId, null, UpstreamFailure.CallerGone, null);
        }
    }

    /// <summary>Laid to the body up to <see cref="HealthPolicy.ExcusedResets"/> times in a row, else to the endpoint.</summary>
    internal void EndResetInBody(long? probeId, UpstreamTarget? target)
    {
        if (probeId is null && Interlocked.Increment(ref resetsInBody) <= HealthPolicy.ExcusedResets)
        {
            EndRejected(null);
        }
        else
        {
            End(probeId, target, UpstreamFailure.ResetBeforeAnswer, null);
        }
    }

    /// <summary>Laid to the request up to <see cref="HealthPolicy.ExcusedForbidden"/> times in a row behind a success, else to the key.</summary>
    internal void EndForbidden(long? probeId, UpstreamTarget? target)
    {
        // With another key at hand nobody loses the model when this one rests.
        if (Interlocked.Increment(ref forbidden) <= HealthPolicy.ExcusedForbidden && target is not { HasNextKey: true })
        {
            EndRejected(probeId);
        }
        else
        {
            End(probeId, target, UpstreamFailure.KeyRefused, null);
        }
    }

    /// <summary>The owner's verdict in answer to a report.</summary>
    /// <param name="coversOwnOutcomes">All that this node saw is in it, so that the node's own precautions end.</param>
    public void ApplyAnswer(EndpointVerdict verdict, bool coversOwnOutcomes)
    {
        lock (gate)
        {
            if (verdict.Version < verdictVersion || (!verdict.IsHealthy && verdict.Version < healthyAsOf))
            {
                return;
            }

            answeredAt = time.GetTimestamp();
            verdictVersion = verdict.Version;
            Apply(verdict.IsHealthy ? null : verdict, coversOwnOutcomes);
        }
    }

    /// <summary>What the feed says of the entry.</summary>
    /// <param name="verdict">Null: healthy as of <paramref name="feedVersion"/>.</param>
    public void ApplyFeed(EndpointVerdict? verdict, long feedVersion)
    {
        lock (gate)
        {
            // A feed made before the owner's answer reached it must not undo that answer. Both versions follow the clocks
            // of their silos; clocks that differ can hold the feed back for this long and no longer.
            var version = verdict?.Version ?? feedVersion;
            if (version >= verdictVersion || time.GetElapsedTime(answeredAt) > AnswerPrecedence)
            {
                (verdictVersion, healthyAsOf) = verdict is null ? (verdictVersion, feedVersion) : (verdict.Version, healthyAsOf);
                if (!ReferenceEquals(verdict, health.Verdict))
                {
                    Apply(verdict, coversOwnOutcomes: false);
                }
            }
        }
    }

    /// <summary>True for one caller a minute: a key that only this node saw refused may be tried.</summary>
    public bool TryTakeKeyRetry(string? fingerprint)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (!health.OwnRetryIsDue(fingerprint, now))
            {
                return false;
            }

            Publish(health with { RefusedKeys = Refuse(fingerprint, now) });
            return true;
        }
    }

    private UpstreamTarget? TargetInUse()
    {
        var targets = Targets;
        var health = Health;
        foreach (var target in targets)
        {
            if (!health.IsRefused(target.KeyFingerprint))
            {
                return target;
            }
        }

        return targets.IsEmpty ? null : targets[^1];
    }

    private void Apply(EndpointVerdict? verdict, bool coversOwnOutcomes)
    {
        var ejectionEnded = health.Verdict is { Ejected: true } && verdict is not { Ejected: true };
        Publish(health with
        {
            Verdict = verdict,
            TrippedUntil = coversOwnOutcomes ? null : health.TrippedUntil,
            CoolingUntil = coversOwnOutcomes ? null : health.CoolingUntil,
            RefusedKeys = ejectionEnded ? [] : health.RefusedKeys,
        });
    }

    private void Succeed(UpstreamTarget? target)
    {
        outcomes.Add();
        if (!ReferenceEquals(acceptedKeyFingerprint, target?.KeyFingerprint))
        {
            Volatile.Write(ref acceptedKeyFingerprint, target?.KeyFingerprint);
        }

        if (Volatile.Read(ref consecutiveFailures) != 0)
        {
            Volatile.Write(ref consecutiveFailures, 0);
        }

        if (Volatile.Read(ref resetsInBody) != 0)
        {
            Volatile.Write(ref resetsInBody, 0);
        }

        if (Volatile.Read(ref forbidden) != 0)
        {
            Volatile.Write(ref forbidden, 0);
        }

        if (Health.HasOwnOutcomes)
        {
            lock (gate)
            {
                Publish(health with { TrippedUntil = null, RefusedKeys = health.RefusedKeys.RemoveAll(refused => refused.Fingerprint == target?.KeyFingerprint) });
            }
        }
    }

    private void Fail(UpstreamTarget? target, UpstreamFailure failure, TimeSpan? retryAfter)
    {
        outcomes.Add();
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (failure is UpstreamFailure.KeyRefused)
            {
                Publish(health with { RefusedKeys = Refuse(target?.KeyFingerprint, now) });
                if (acceptedKeyFingerprint == target?.KeyFingerprint)
                {
                    Volatile.Write(ref acceptedKeyFingerprint, null);
                }
            }
            else if (HealthPolicy.CoolingFor(failure, retryAfter) is { } wait)
            {
                Cool(now, now + wait, failure);
            }
            else if (HealthPolicy.IsCircuitFailure(failure, retryAfter))
            {
                failures.Add();
                Volatile.Write(ref consecutiveFailures, consecutiveFailures + 1);
                if (Trips())
                {
                    Publish(health with { TrippedUntil = now + HealthPolicy.FirstOpen });
                }
            }
        }
    }

    /// <summary>Of several pauses the latest counts, as for the cluster.</summary>
    private void Cool(DateTimeOffset now, DateTimeOffset until, UpstreamFailure cause)
    {
        if (health.CoolingUntil < until || !HealthPolicy.IsToCome(health.CoolingUntil, now, HealthPolicy.LongestCooling))
        {
            Publish(health with { CoolingUntil = until, CoolingCause = cause });
        }
    }

    private bool Trips()
    {
        if (consecutiveFailures >= HealthPolicy.ConsecutiveFailures)
        {
            return true;
        }

        var window = (int)HealthPolicy.Window.TotalSeconds;
        var all = outcomes.Sum(window);
        return all >= HealthPolicy.MinimumOutcomes && failures.Sum(window) >= HealthPolicy.FailureRatio * all;
    }

    /// <summary>The cluster hears of a refusal only when it leaves the entry without a key.</summary>
    private static bool IsCoveredByNextKey(UpstreamTarget? target, UpstreamFailure failure) =>
        failure is UpstreamFailure.KeyRefused && target is { HasNextKey: true };

    private ImmutableArray<RefusedKey> Refuse(string? fingerprint, DateTimeOffset now) =>
        health.RefusedKeys.RemoveAll(refused => refused.Fingerprint == fingerprint)
            .Add(new RefusedKey(fingerprint, now + HealthPolicy.EjectionTrialPeriod));

    private void Publish(EndpointHealth next) => Volatile.Write(ref health, next);
}
