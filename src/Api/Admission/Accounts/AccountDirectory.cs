using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Routing;
using Gateway.Api.Routing.Feed;
using Gateway.Storage.Limits;

namespace Gateway.Api.Admission.Accounts;

/// <summary>
/// The accounts behind the entries: entries of one limit group share one, and where they disagree the smallest limit holds.
/// </summary>
internal sealed class AccountDirectory(RoutingState routing, StockDirectory stocks)
{
    private readonly ConcurrentDictionary<string, AccountLane> _lanes = new(StringComparer.Ordinal);
    private readonly Lock _building = new();
    private volatile Table _table = new(null, FrozenDictionary<string, AccountLane>.Empty);

    /// <summary>Null: the entry's account has no limits.</summary>
    public AccountLane? Find(RouteCandidate candidate)
    {
        var lanes = Current();
        return lanes.Count == 0 ? null : lanes.GetValueOrDefault(candidate.Entry.LimitGroup);
    }

    /// <summary>Null: the entry's account has no bound of requests in flight.</summary>
    public AccountLane? FindConcurrency(RouteCandidate candidate) => Find(candidate) is { Limits.Concurrency: not null } lane ? lane : null;

    public bool HasConcurrency(ImmutableArray<RouteCandidate> candidates) => Any(candidates, static limits => limits.Concurrency is not null);

    /// <summary>Some account takes rates of every attempt.</summary>
    public bool HasWindows(ImmutableArray<RouteCandidate> candidates) => Any(candidates, static limits => !limits.Windows.IsEmpty);

    internal static SubjectLimits? Merge(IEnumerable<AccountLimits?> all, long version)
    {
        var limits = all.OfType<AccountLimits>().ToList();
        var windows = ImmutableArray.CreateBuilder<WindowLimit>();
        if (limits.Min(one => one.RequestsPerMinute) is { } requests)
        {
            windows.Add(new WindowLimit { Id = LimitNames.AccountRequests, Unit = LimitUnit.Requests, Window = WindowKind.Minute, Limit = Math.Max(1, requests), IsHard = true });
        }

        if (limits.Min(one => one.TokensPerMinute) is { } tokens)
        {
            windows.Add(new WindowLimit { Id = LimitNames.AccountTokens, Unit = LimitUnit.TotalTokens, Window = WindowKind.Minute, Limit = Math.Max(1, tokens) });
        }

        var concurrency = limits.Min(one => one.Concurrency);
        return windows.Count == 0 && concurrency is null ? null : new SubjectLimits { Version = version, Windows = windows.ToImmutable(), Concurrency = concurrency };
    }

    private bool Any(ImmutableArray<RouteCandidate> candidates, Func<SubjectLimits, bool> condition)
    {
        if (Current().Count == 0)
        {
            return false;
        }

        foreach (var candidate in candidates)
        {
            if (Find(candidate) is { } lane && condition(lane.Limits))
            {
                return true;
            }
        }

        return false;
    }

    private FrozenDictionary<string, AccountLane> Current()
    {
        var snapshot = routing.Current;
        var table = _table;
        return ReferenceEquals(table.Snapshot, snapshot) ? table.Lanes : Build(snapshot);
    }

    private FrozenDictionary<string, AccountLane> Build(RoutingSnapshot? snapshot)
    {
        lock (_building)
        {
            if (ReferenceEquals(_table.Snapshot, snapshot) || snapshot is null)
            {
                return _table.Lanes;
            }

            var lanes = new Dictionary<string, AccountLane>(StringComparer.Ordinal);
            foreach (var group in snapshot.Entries.GroupBy(entry => entry.LimitGroup, StringComparer.Ordinal))
            {
                if (Merge(group.Select(entry => entry.Limits), snapshot.ManifestVersion) is { } limits)
                {
                    var lane = _lanes.GetOrAdd(group.Key, key => new AccountLane(key, limits, stocks));
                    lane.Limits = limits;
                    lanes[group.Key] = lane;
                }
            }

            _table = new Table(snapshot, lanes.ToFrozenDictionary(StringComparer.Ordinal));
            return _table.Lanes;
        }
    }

    private sealed record Table(RoutingSnapshot? Snapshot, FrozenDictionary<string, AccountLane> Lanes);
}
