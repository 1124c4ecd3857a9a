namespace Gateway.Api.Cluster;

/// <summary>How many grain calls this node made since its start, by what caused them: a request that waited for the answer, or anything else.</summary>
public sealed class GrainCallCounts
{
    private long _byRequests;
    private long _background;

    public long ByRequests => Interlocked.Read(ref _byRequests);

    public long Background => Interlocked.Read(ref _background);

    /// <summary>A caller's request waits for it.</summary>
    public void CountRequest() => Interlocked.Increment(ref _byRequests);

    /// <summary>Feed, heartbeats, reports and what operators ask.</summary>
    public void CountBackground() => Interlocked.Increment(ref _background);
}
