using System.Net;
using Orleans.Runtime.Membership;

namespace Orleans.TestingHost.InMemory;

/// <summary>The table as one host sees it, on that host's clock. The test cluster says when to read it.</summary>
internal sealed class InMemoryMembershipStore(InMemoryCluster cluster, TimeProvider clock) : IMembershipStore
{
    public TimeSpan HeartbeatPeriod => Timeout.InfiniteTimeSpan;

    public Task<MembershipTable> ReadAsync(IPEndPoint? heartbeat, CancellationToken cancellationToken) => Task.FromResult(cluster.Read(clock.GetUtcNow()));

    public Task<bool> TryWriteAsync(MembershipWrite write, CancellationToken cancellationToken) => Task.FromResult(cluster.TryWrite(write, clock.GetUtcNow()));
}
