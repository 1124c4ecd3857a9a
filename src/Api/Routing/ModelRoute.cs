using System.Collections.Immutable;

namespace Gateway.Api.Routing;

/// <summary>All entries that list one public model name, by priority, lower first.</summary>
public sealed class ModelRoute
{
    public required string Model { get; init; }

    public required ImmutableArray<RouteCandidate> Candidates { get; init; }
}
