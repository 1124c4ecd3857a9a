using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Tests.Routing.Fakes;

/// <summary>Answers what a test tells it to, and keeps what it was told.</summary>
public sealed class FakeEndpointGrain(string id, TimeProvider time)
{
    private long version = time.GetUtcNow().ToUnixTimeMilliseconds();

    public ConcurrentQueue<EndpointReport> Reports { get; } = new();

    public ConcurrentQueue<string> ProbeRequests { get; } = new();

    public int EjectionsEnded { get; private set; }

    /// <summary>What the next reports are answered with.</summary>
    public EndpointVerdict Verdict { get; set; } = new() { EntryId = id, Version = time.GetUtcNow().ToUnixTimeMilliseconds(), Circuit = CircuitState.Closed };

    public Func<Task<ProbePermit?>> OnProbe { get; set; } = () => Task.FromResult<ProbePermit?>(null);

    public Func<EndpointReport, Task>? OnReport { get; set; }

    public Func<Task<EndpointDescription>>? OnDescribe { get; set; }

    /// <summary>A verdict that is newer than all before it.</summary>
    public EndpointVerdict Next(CircuitState circuit, DateTimeOffset? openUntil = null) =>
        new() { EntryId = id, Version = Interlocked.Increment(ref version), Circuit = circuit, OpenUntil = openUntil };

    public async Task<EndpointVerdict> Report(EndpointReport report)
    {
        Reports.Enqueue(report);
        if (OnReport is not null)
        {
            await OnReport(report);
        }

        return Verdict;
    }

    public Task<ProbePermit?> TryBeginProbe(string nodeId, string requestId)
    {
        ProbeRequests.Enqueue(requestId);
        return OnProbe();
    }

    public Task<EndpointVerdict> Reset() => Task.FromResult(Verdict);

    public Task<EndpointVerdict> EndEjection()
    {
        EjectionsEnded++;
        return Task.FromResult(Verdict);
    }

    public Task<EndpointDescription> Describe() => OnDescribe?.Invoke() ?? Task.FromResult(new EndpointDescription
    {
        Verdict = Verdict,
        Requests = 7,
        Failures = 2,
        ConsecutiveFailures = 1,
        InFlight = 3,
        FailuresByCause = ImmutableDictionary<string, long>.Empty.Add("ServerError", 2),
        ActivatedAt = time.GetUtcNow(),
        Silo = "silo-a",
    });
}
