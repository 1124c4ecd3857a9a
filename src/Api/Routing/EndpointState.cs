using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Routing;

/// <summary>What this node knows of one entry from its own traffic; lives as long as the entry's key.</summary>
public sealed class EndpointState
{
    public string Id { get; init; } = "";

    public int InFlight => throw new NotImplementedException();

    /// <summary>Counts the attempt in; <see cref="Attempt.End"/> must follow exactly once.</summary>
    public Attempt Begin(long? probeId) => throw new NotImplementedException();
}

/// <summary>One attempt at one entry.</summary>
public struct Attempt
{
    /// <summary>The first byte of an answer came: feeds the time-to-first-byte estimate.</summary>
    public void FirstByte() => throw new NotImplementedException();

    /// <summary>Idempotent. <paramref name="failure"/> None: a success, or a 4xx that is the caller's own.</summary>
    public void End(UpstreamFailure failure, TimeSpan? retryAfter = null) => throw new NotImplementedException();
}
