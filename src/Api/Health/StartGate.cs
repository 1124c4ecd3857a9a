using Gateway.Api.Admission.Sessions;
using Gateway.Api.Cluster;
using Gateway.Api.Routing.Feed;

namespace Gateway.Api.Health;

/// <summary>
/// Load balancers send requests to a node as soon as its port is open. Here they wait for what it has not loaded yet: the manifest, the keys
/// and the limits.
/// </summary>
/// <remarks>
/// 1. Once everything was there, nobody waits any more.
/// 2. Every other request waits up to 5 s.
/// 3. Who comes while the node starts waits on until it has run for 30 s: on a crowded machine the first calls of a process take that long.
///    Not if the cluster has answered that it has no manifest itself, which is worth an answer at once.
/// 4. When everything is there the node's session is waited for, without which limited callers are refused: a second, in which a database that
///    can be written has taken it. Callers without limits need none.
/// </remarks>
internal sealed class StartGate(RoutingState routing, IEnumerable<RowsRefresher> rows, NodeSession session, TimeProvider time)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan SessionPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly long _began = time.GetTimestamp();
    private readonly Task _loaded = LoadAsync(Task.WhenAll(rows.Select(each => each.Loaded).Append(routing.First)), session, time);

    /// <summary>Completes synchronously on a node that has everything. Returns also when something did not come.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken) => _loaded.IsCompleted ? ValueTask.CompletedTask : new ValueTask(WaitForAllAsync(cancellationToken));

    private static async Task LoadAsync(Task feeds, NodeSession session, TimeProvider time)
    {
        await feeds;
        await session.Begun.WaitAsync(SessionPatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WaitForAllAsync(CancellationToken cancellationToken)
    {
        var isThere = await TryWaitAsync(Patience, cancellationToken);
        while (!isThere && !routing.IsWithoutManifest && time.GetElapsedTime(_began) < StartTime)
        {
            isThere = await TryWaitAsync(Look, cancellationToken);
        }
    }

    private async Task<bool> TryWaitAsync(TimeSpan bound, CancellationToken cancellationToken)
    {
        try
        {
            await _loaded.WaitAsync(bound, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
