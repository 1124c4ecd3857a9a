using System.Collections.Concurrent;
using Gateway.Api.Admission.Sessions;

namespace Gateway.Api.Tests.Admission.Fakes;

public sealed class FakeSessionStore : INodeSessionStore
{
    public ConcurrentQueue<string> Renewals { get; } = new();

    public ConcurrentQueue<string> Ended { get; } = new();

    /// <summary>Sessions that the cluster took for lost.</summary>
    public ConcurrentDictionary<string, bool> Lost { get; } = new();

    public bool IsDown { get; set; }

    public Task<bool> RenewAsync(string session, string nodeId, CancellationToken cancellationToken)
    {
        if (IsDown)
        {
            return Task.FromException<bool>(new TimeoutException("away"));
        }

        Renewals.Enqueue(session);
        return Task.FromResult(!Lost.ContainsKey(session));
    }

    public Task EndAsync(string session, CancellationToken cancellationToken)
    {
        Ended.Enqueue(session);
        return Task.CompletedTask;
    }
}
