using Gateway.Abstractions.Endpoints;
using Gateway.Api.Authentication;
using Gateway.Api.Cluster;
using Gateway.Api.Http;
using Gateway.Api.Routing.Feed;
using Gateway.Api.Routing.Retries;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Routing;

/// <summary>Chooses the entry for each attempt and decides whether another attempt may be made.</summary>
public sealed class Router(RoutingState state, RetryBudget retries, IGrainFactory grains, GrainCallCounts calls, IOptions<NodeOptions> node, TimeProvider time)
{
    private const int CandidatesOnStack = 64;

    /// <summary>Null: no manifest was ever loaded.</summary>
    public RoutingSnapshot? Current => state.Current;

    /// <summary>Call once per request that reaches an upstream: the retry budget is a share of them, and a flood of refused ones must not raise it.</summary>
    public void CountRequest() => retries.CountRequest();

    /// <summary>Of one more attempt: it is reserved first, and then counted or given back.</summary>
    public RetryBudget Retries => retries;

    /// <summary>Completes synchronously unless an entry is due for its one probe.</summary>
    /// <param name="tried">Entries that this request has tried already; never chosen again.</param>
    public ValueTask<RouteChoice> ChooseAsync(UsableRoute route, Caller caller, Operation operation, IReadOnlyList<RouteCandidate> tried, string requestId, CancellationToken cancellationToken)
    {
        var choice = ChooseNow(route, caller, operation, tried, mayProbe: true, out var due, out var trial);
        return due is null ? new ValueTask<RouteChoice>(choice) : ProbeOrChooseAsync(route, caller, operation, tried, due, trial, requestId, cancellationToken);
    }

    private async ValueTask<RouteChoice> ProbeOrChooseAsync(
        UsableRoute route, Caller caller, Operation operation, IReadOnlyList<RouteCandidate> tried, RouteCandidate due, bool trial, string requestId, CancellationToken cancellationToken)
    {
        var owner = grains.GetGrain<IEndpointGrain>(due.Endpoint.Id);
        calls.CountRequest();
        var permit = await due.Endpoint.Probes.TryBeginAsync(owner, node.Value.NodeId, requestId, cancellationToken);
        if (permit is null)
        {
            return ChooseNow(route, caller, operation, tried, mayProbe: false, out _, out _);
        }

        var target = trial ? KeyChain.ForTrial(due, permit.ProbeId) : KeyChain.Take(due) ?? due;
        return RouteChoice.Of(target, permit.ProbeId);
    }

    private RouteChoice ChooseNow(
        UsableRoute route, Caller caller, Operation operation, IReadOnlyList<RouteCandidate> tried, bool mayProbe, out RouteCandidate? due, out bool trial)
    {
        var length = 2 * route.Candidates.Length;
        var space = route.Candidates.Length <= CandidatesOnStack ? stackalloc int[2 * CandidatesOnStack] : new int[length];
        while (true)
        {
            var survey = new RouteSurvey(route, caller, operation, tried, time.GetUtcNow(), space[..length]);
            survey.Run();
            due = mayProbe ? survey.Due : null;
            trial = survey.DueForTrial;
            if (due is not null)
            {
                return default;
            }

            if (survey.Choose() is not { } index)
            {
                return survey.Blocked();
            }

            // Between the look and the choice another request may have taken the one retry of a refused key.
            if (KeyChain.Take(route.Route.Candidates[index]) is { } chosen)
            {
                return RouteChoice.Of(chosen);
            }
        }
    }
}
