using System.Collections.Immutable;
using Gateway.Api.Authorization.Rules;
using Gateway.Api.Routing.Balancing;

namespace Gateway.Api.Routing;

/// <summary>
/// All entries that list one public model name, by priority, lower first. The name of a fallback chain has those of its first model, then those
/// of the next.
/// </summary>
public sealed class ModelRoute
{
    public required string Model { get; init; }

    public required ImmutableArray<RouteCandidate> Candidates { get; init; }

    /// <summary>Carried from snapshot to snapshot while the candidates are the same, so that proportions hold across changes.</summary>
    public SmoothWeightedBalancer Balancer
    {
        get => field ??= new SmoothWeightedBalancer(Candidates, new Random(Model.Length));
        init;
    }

    /// <summary>The operator's rules, asked at every choice.</summary>
    public required AccessRules Rules { get; init; }

    /// <summary>For requests that may go to every entry.</summary>
    internal UsableRoute Whole => field ??= new UsableRoute(this, Candidates);

    /// <summary>When the name first appeared in a manifest; Unix seconds.</summary>
    public long CreatedAt { get; init; }
}
