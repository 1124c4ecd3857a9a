using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Routing.Health;

/// <summary>Outcomes of one entry that no report carries yet, in the order in which they ended.</summary>
/// <remarks>
/// Successes are only counted; a failure puts the count before itself. So the common path takes no lock. Rejected requests are counted
/// too; they have no place in the order, since nothing follows from them.
/// </remarks>
public sealed class OutcomeLog
{
    /// <summary>Runs kept while the cluster cannot be reached; beyond it equal causes are put together and order is lost.</summary>
    public const int MaximumRuns = 64;

    private readonly Lock gate = new();
    private readonly List<OutcomeRun> runs = [];
    private readonly Queue<ProbeOutcome> probes = [];
    private int successes;
    private int rejections;
    private long failures;

    /// <summary>Counts failures; a verdict is known to cover them all when this did not move since its report was taken.</summary>
    public long Failures => Volatile.Read(ref failures);

    public bool IsEmpty => Volatile.Read(ref successes) == 0 && Volatile.Read(ref rejections) == 0 && !HasUrgent;

    /// <summary>Holds a failure or a probe's end.</summary>
    public bool HasUrgent
    {
        get
        {
            lock (gate)
            {
                return runs.Count > 0 || probes.Count > 0;
            }
        }
    }

    public void AddSuccess() => Interlocked.Increment(ref successes);

    public void AddRejection() => Interlocked.Increment(ref rejections);

    public void AddFailure(UpstreamFailure failure, TimeSpan? retryAfter, string? keyFingerprint = null)
    {
        lock (gate)
        {
            FlushSuccesses();
            Append(new OutcomeRun { Failure = failure, Count = 1, RetryAfter = retryAfter, KeyFingerprint = keyFingerprint });
            failures++;
        }
    }

    /// <summary>A probe's outcome travels in a report of its own, so that nothing else is taken for it.</summary>
    public void AddProbe(ProbeOutcome outcome)
    {
        lock (gate)
        {
            probes.Enqueue(outcome);
            if (outcome.Failure is not UpstreamFailure.None)
            {
                failures++;
            }
        }
    }

    /// <summary>Null: nothing to tell.</summary>
    public PendingOutcomes? Take()
    {
        lock (gate)
        {
            if (probes.TryDequeue(out var probe))
            {
                var run = new OutcomeRun { Failure = probe.Failure, Count = 1, RetryAfter = probe.RetryAfter, Rejected = probe.Rejected, KeyFingerprint = probe.KeyFingerprint };
                return new PendingOutcomes([run], probe.ProbeId, failures);
            }

            FlushSuccesses();
            FlushRejections();
            if (runs.Count == 0)
            {
                return null;
            }

            var taken = new PendingOutcomes([.. runs], null, failures);
            runs.Clear();
            return taken;
        }
    }

    private void FlushSuccesses()
    {
        var count = Interlocked.Exchange(ref successes, 0);
        if (count > 0)
        {
            Append(new OutcomeRun { Failure = UpstreamFailure.None, Count = count });
        }
    }

    private void FlushRejections()
    {
        var count = Interlocked.Exchange(ref rejections, 0);
        if (count > 0)
        {
            Append(new OutcomeRun { Failure = UpstreamFailure.None, Count = count, Rejected = true });
        }
    }

    private void Append(OutcomeRun run)
    {
        var same = runs.Count > 0 && IsSameKind(runs[^1], run) && runs[^1].KeyFingerprint == run.KeyFingerprint ? runs.Count - 1 : -1;
        if (same < 0 && runs.Count >= MaximumRuns)
        {
            same = runs.FindLastIndex(candidate => IsSameKind(candidate, run));
        }

        if (same < 0)
        {
            runs.Add(run);
            return;
        }

        runs[same] = run with { Count = runs[same].Count + run.Count, RetryAfter = Longer(runs[same], run) };
    }

    // A 503 that names a time is a pause, and one that names none is a failure of the circuit.
    private static bool IsSameKind(OutcomeRun one, OutcomeRun other) =>
        one.Failure == other.Failure && one.Rejected == other.Rejected && (one.Failure is not UpstreamFailure.Unavailable || one.RetryAfter is null == other.RetryAfter is null);

    /// <summary>Of several pauses the latest counts, as for the cluster.</summary>
    private static TimeSpan? Longer(OutcomeRun one, OutcomeRun other) => Pause(one) > Pause(other) ? one.RetryAfter : other.RetryAfter;

    private static TimeSpan Pause(OutcomeRun run) => run.RetryAfter ?? (run.Failure is UpstreamFailure.RateLimited ? HealthPolicy.RateLimitCooling : TimeSpan.Zero);
}

/// <summary>How the cluster's probe ended that this node was granted.</summary>
public sealed record ProbeOutcome(long ProbeId, UpstreamFailure Failure, TimeSpan? RetryAfter)
{
    /// <summary>As <see cref="OutcomeRun.Rejected"/>.</summary>
    public bool Rejected { get; init; }

    /// <summary>As <see cref="OutcomeRun.KeyFingerprint"/>.</summary>
    public string? KeyFingerprint { get; init; }
}

/// <param name="Failures"><see cref="OutcomeLog.Failures"/> when it was taken.</param>
public sealed record PendingOutcomes(ImmutableArray<OutcomeRun> Runs, long? ProbeId, long Failures);
