using System.Collections.Immutable;
using System.Net;
using Orleans.Runtime.Membership;

namespace Gateway.Runtime.Tests.Clustering;

/// <summary>The table in memory, with heartbeats as in Redis and on a clock of the test. It can be away, and lose the answer to a write.</summary>
internal sealed class UnreliableMembershipStore(TimeProvider clock) : IMembershipStore
{
    private readonly Lock _gate = new();
    private MembershipTable _table = new(0, 0, HasOtherEngine: false, []);

    public TimeSpan HeartbeatPeriod { get; } = TimeSpan.FromMilliseconds(500);

    public bool IsAway { get; set; }

    public bool LosesNextAnswer { get; set; }

    /// <summary>Readings wait for it: whoever reads is paused, or the store is.</summary>
    public TaskCompletionSource? Pause { get; set; }

    public int Reads { get; private set; }

    public MembershipTable Table
    {
        get
        {
            lock (_gate)
            {
                return _table with { Now = clock.GetUtcNow().ToUnixTimeMilliseconds() };
            }
        }
    }

    public void Beat(IPEndPoint endpoint)
    {
        lock (_gate)
        {
            _table = _table with { Rows = [.. Table.Rows.Select(row => row.Endpoint.Equals(endpoint) ? row with { Heartbeat = Table.Now } : row)] };
        }
    }

    public async Task<MembershipTable> ReadAsync(IPEndPoint? heartbeat, CancellationToken cancellationToken)
    {
        Reads++;
        if (IsAway)
        {
            throw new TimeoutException("The store is away.");
        }

        await (Pause?.Task ?? Task.CompletedTask).ConfigureAwait(false);

        if (heartbeat is not null)
        {
            Beat(heartbeat);
        }

        return Table;
    }

    public Task<bool> TryWriteAsync(MembershipWrite write, CancellationToken cancellationToken)
    {
        if (!TryWrite(write))
        {
            return Task.FromResult(false);
        }

        var lost = LosesNextAnswer;
        LosesNextAnswer = false;
        return lost ? Task.FromException<bool>(new TimeoutException("The answer is lost.")) : Task.FromResult(true);
    }

    private bool TryWrite(MembershipWrite write)
    {
        lock (_gate)
        {
            var table = Table;
            if (write.ExpectedVersion != table.Version)
            {
                return false;
            }

            var rows = table.Rows.ToDictionary(row => row.Endpoint);
            foreach (var row in write.Rows)
            {
                rows[row.Endpoint] = row with { Heartbeat = row.Endpoint.Equals(write.Heartbeat) ? table.Now : rows.GetValueOrDefault(row.Endpoint)?.Heartbeat ?? 0 };
            }

            _table = table with { Version = Math.Max(Math.Max(table.Version, write.MinVersion) + 1, table.Now), Rows = [.. rows.Values.Where(row => !write.Removed.Contains(row.Endpoint))] };
            return true;
        }
    }
}
