using System.Collections.Concurrent;
using System.Net;
using Orleans.Runtime;
using Orleans.Runtime.Membership;
using Orleans.Runtime.Transport;

namespace Orleans.TestingHost.InMemory;

/// <summary>The membership table and the network of a cluster inside a test. A silo's heartbeat is fresh as long as it listens.</summary>
internal sealed class InMemoryCluster
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPEndPoint, SiloRow> _rows = [];
    private long _version;

    public ConcurrentDictionary<IPEndPoint, SiloRequestHandler> Listeners { get; } = new();

    public MembershipTable Read(DateTimeOffset now)
    {
        lock (_gate)
        {
            var time = now.ToUnixTimeMilliseconds();
            return new(_version, time, HasOtherEngine: false, [.. _rows.Values.Select(row => row with { Heartbeat = Listeners.ContainsKey(row.Endpoint) ? time : row.Heartbeat })]);
        }
    }

    public bool TryWrite(MembershipWrite write, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (write.ExpectedVersion != _version)
            {
                return false;
            }

            var time = now.ToUnixTimeMilliseconds();
            _version = Math.Max(Math.Max(_version, write.MinVersion) + 1, time);
            foreach (var row in write.Rows)
            {
                _rows[row.Endpoint] = row with { Heartbeat = row.Endpoint.Equals(write.Heartbeat) ? time : _rows.GetValueOrDefault(row.Endpoint)?.Heartbeat ?? 0 };
            }

            foreach (var endpoint in write.Removed)
            {
                _rows.Remove(endpoint);
            }

            return true;
        }
    }

    /// <summary>The silo is gone as if its process had been killed, and the others may know at once.</summary>
    public void Kill(SiloAddress silo)
    {
        Listeners.TryRemove(silo.Endpoint, out _);
        lock (_gate)
        {
            if (_rows.TryGetValue(silo.Endpoint, out var row) && row.Status != SiloStatus.Dead)
            {
                _rows[silo.Endpoint] = row with { Status = SiloStatus.Dead, DeadAt = row.Heartbeat };
                _version++;
            }
        }
    }
}
