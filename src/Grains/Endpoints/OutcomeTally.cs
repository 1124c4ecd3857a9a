using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>Totals since activation, for operators.</summary>
internal sealed class OutcomeTally
{
    private readonly Dictionary<UpstreamFailure, long> _failures = [];

    public long Requests { get; private set; }

    public long Failures { get; private set; }

    public ImmutableDictionary<string, long> FailuresByCause =>
        _failures.ToImmutableDictionary(pair => pair.Key.ToString(), pair => pair.Value, StringComparer.Ordinal);

    public void Add(OutcomeRun run)
    {
        Requests += run.Count;
        if (run.Failure is UpstreamFailure.None)
        {
            return;
        }

        Failures += run.Failure == UpstreamFailure.CallerGone ? 0 : run.Count;
        _failures[run.Failure] = _failures.GetValueOrDefault(run.Failure) + run.Count;
    }
}
