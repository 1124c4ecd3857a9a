using System.Collections.Immutable;
using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Http;

namespace Gateway.Api.Routing;

/// <summary>The entries of a model that one request may go to: they serve, and its caller may use them.</summary>
/// <remarks>
/// Found once per request, before limits are asked. What is reserved covers these entries and no others, so that every choice is made among them: a rule
/// that is relaxed meanwhile must not lead to a dearer one. A rule that is tightened meanwhile counts, since it is asked again at every choice.
/// </remarks>
public sealed class UsableRoute
{
    internal UsableRoute(ModelRoute route, ImmutableArray<RouteCandidate> candidates, RouteChoice blocked = default) =>
        (Route, Candidates, Blocked) = (route, candidates, blocked);

    /// <summary>With all entries of the model.</summary>
    public ModelRoute Route { get; }

    public string Model => Route.Model;

    /// <summary>In the order of the route's; empty: <see cref="Blocked"/> says why.</summary>
    public ImmutableArray<RouteCandidate> Candidates { get; }

    public RouteChoice Blocked { get; }

    /// <summary>Allocates nothing where the request may go to all entries.</summary>
    public static UsableRoute Of(ModelRoute route, Caller caller, Operation operation)
    {
        var all = route.Candidates;
        ImmutableArray<RouteCandidate>.Builder? kept = null;
        var anyAllowed = false;
        string? notice = null;
        for (var index = 0; index < all.Length; index++)
        {
            var candidate = all[index];
            var isAllowed = AccessPolicy.Allows(caller, candidate, route, operation);
            anyAllowed |= isAllowed;
            if (isAllowed && candidate.Serves)
            {
                kept?.Add(candidate);
                continue;
            }

            notice ??= isAllowed ? candidate.Notice : null;
            if (kept is null)
            {
                kept = ImmutableArray.CreateBuilder<RouteCandidate>(all.Length);
                kept.AddRange(all, index);
            }
        }

        return kept is null ? route.Whole
            : kept.Count > 0 ? new UsableRoute(route, kept.DrainToImmutable())
            : new UsableRoute(route, [], RouteChoice.Block(anyAllowed ? RouteBlock.NotServing : RouteBlock.NotAllowed, notice));
    }
}
