using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Http;
using Gateway.Api.Routing.Health;

namespace Gateway.Api.Routing;

/// <summary>Looks once at the entries that a request may go to, for one choice.</summary>
/// <remarks>
/// 1. Entries that the caller may not use any more are passed over.
/// 2. The others are judged by their health. Usable ones that this request did not try are collected, of the first model of a fallback chain and
///    the lowest priority number only: the walk ends behind the first group that has one.
/// 3. Open ones are collected apart, for the case that no entry is usable at all (panic).
/// 4. The first entry that is due for a probe or a trial is noted; it never ranks behind the group that was found.
/// </remarks>
/// <param name="space">Two ints a candidate.</param>
internal ref struct RouteSurvey(UsableRoute route, Caller caller, Operation operation, IReadOnlyList<RouteCandidate> tried, DateTimeOffset now, Span<int> space)
{
    private readonly ImmutableArray<RouteCandidate> all = route.Route.Candidates;
    private readonly Span<int> eligible = space[..route.Candidates.Length];
    private readonly Span<int> open = space[route.Candidates.Length..];
    private int eligibleCount;
    private int openCount;
    private bool anyAllowed;
    private bool anyUsable;
    private bool anyTried;
    private bool anyCooling;
    private bool anyCoolingButForQuota;
    private DateTimeOffset soonest = DateTimeOffset.MaxValue;
    private UpstreamFailure soonestCause;

    public RouteCandidate? Due { get; private set; }

    public bool DueForTrial { get; private set; }

    public void Run()
    {
        var usable = route.Candidates;
        var next = 0;
        RouteCandidate? last = null;
        for (var index = 0; next < usable.Length; index++)
        {
            // The balance is kept by the places of all entries.
            var candidate = all[index];
            if (!ReferenceEquals(candidate, usable[next]))
            {
                continue;
            }

            next++;
            if (eligibleCount > 0 && !candidate.IsLevelWith(last!))
            {
                return;
            }

            if (!AccessPolicy.Allows(caller, candidate, route.Route, operation))
            {
                continue;
            }

            anyAllowed = true;
            Judge(index, candidate);
            last = candidate;
        }
    }

    /// <summary>Index into all candidates of the route. Null: nothing to choose from, <see cref="Blocked"/> says why.</summary>
    public readonly int? Choose() =>
        eligibleCount > 0 ? route.Route.Balancer.Choose(all, eligible[..eligibleCount])
        : !anyUsable && openCount > 0 ? route.Route.Balancer.Choose(all, LowestPriority(open[..openCount]))
        : null;

    public readonly RouteChoice Blocked()
    {
        if (!anyAllowed)
        {
            return RouteChoice.Block(RouteBlock.NotAllowed);
        }

        var reason = anyTried || anyUsable ? RouteBlock.AllTried
            : !anyCooling ? RouteBlock.KeyRefused
            : anyCoolingButForQuota ? RouteBlock.Cooling
            : RouteBlock.QuotaExhausted;
        return anyCooling
            ? new RouteChoice(null, null, reason, soonest - now, null) { CoolingCause = soonestCause, OnlyQuota = !anyCoolingButForQuota }
            : RouteChoice.Block(reason);
    }

    private void Judge(int index, RouteCandidate candidate)
    {
        var health = candidate.Endpoint.Health;
        var usedKey = health.IsClear ? candidate : KeyChain.FirstAccepted(candidate, health, now);
        var isTried = tried.Count > 0 && KeyChain.WasTried(usedKey, candidate, tried);
        anyTried |= isTried;
        switch (health.IsClear ? Availability.Usable : health.Judge(now, usedKey is null))
        {
            case Availability.Usable:
                anyUsable = true;
                if (!isTried)
                {
                    eligible[eligibleCount++] = index;
                }

                break;
            case var state and (Availability.Open or Availability.OpenProbeDue):
                if (!isTried)
                {
                    open[openCount++] = index;
                    NoteDue(candidate, state is Availability.OpenProbeDue, trial: false);
                }

                break;
            case Availability.Cooling:
                // What an entry that was tried asks for came as its answer.
                if (!isTried)
                {
                    NoteCooling(health);
                }

                break;
            case var state:
                NoteDue(candidate, state is Availability.EjectedTrialDue && !isTried, trial: true);
                break;
        }
    }

    private void NoteDue(RouteCandidate candidate, bool due, bool trial)
    {
        if (due && Due is null && candidate.Endpoint.Probes.IsOpen)
        {
            Due = candidate;
            DueForTrial = trial;
        }
    }

    private void NoteCooling(EndpointHealth health)
    {
        var (until, cause) = health.Cooling(now)!.Value;
        anyCooling = true;
        anyCoolingButForQuota |= cause is not UpstreamFailure.QuotaExhausted;
        if (until < soonest)
        {
            soonest = until;
            soonestCause = cause;
        }
    }

    private readonly ReadOnlySpan<int> LowestPriority(ReadOnlySpan<int> indexes)
    {
        var end = 1;
        while (end < indexes.Length && all[indexes[end]].IsLevelWith(all[indexes[0]]))
        {
            end++;
        }

        return indexes[..end];
    }
}
