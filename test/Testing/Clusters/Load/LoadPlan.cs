namespace Gateway.Testing.Clusters.Load;

/// <summary>What callers do while parts of the cluster die.</summary>
public sealed record LoadPlan
{
    /// <summary>Calls per second, sent when they are due, whatever became of the ones before.</summary>
    public double Rate { get; init; } = 200;

    /// <summary>Share of calls that make a key on one front-end or use it for the first time on another; the rest asks a model.</summary>
    public double NewKeys { get; init; } = 0.5;

    /// <summary>Share of model calls that stream.</summary>
    public double Streams { get; init; } = 0.25;

    public required string Model { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>Through the load balancer instead of straight to the front-ends; keys are made on the front-ends either way.</summary>
    public bool ThroughNginx { get; init; }
}
