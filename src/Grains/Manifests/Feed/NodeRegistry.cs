using System.Collections.Immutable;
using Gateway.Abstractions.Nodes;

namespace Gateway.Grains.Manifests.Feed;

/// <summary>The front-ends and silos that gave a sign of life lately.</summary>
/// <param name="openedAt">Since when signs of life come here.</param>
internal sealed class NodeRegistry(DateTimeOffset openedAt)
{
    public static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(10);

    /// <summary>Every node in contact has sent at least one heartbeat within this time, also while it had to look for a new owner.</summary>
    public static readonly TimeSpan CompleteAfter = TimeSpan.FromSeconds(5);

    private const int MaxNodes = 1_024;

    private readonly Dictionary<string, NodeState> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (SiloHeartbeat Last, DateTimeOffset SeenAt)> _silos = new(StringComparer.Ordinal);

    public void Note(NodeHeartbeat heartbeat, DateTimeOffset now)
    {
        if (heartbeat.IsLeaving)
        {
            _nodes.Remove(heartbeat.NodeId);
            return;
        }

        if (_nodes.Count >= MaxNodes && !_nodes.ContainsKey(heartbeat.NodeId))
        {
            _nodes.Remove(_nodes.MinBy(node => node.Value.SeenAt).Key);
        }

        _nodes[heartbeat.NodeId] = new NodeState { Last = heartbeat, SeenAt = now };
    }

    public void Note(SiloHeartbeat heartbeat, DateTimeOffset now)
    {
        if (_silos.Count >= MaxNodes && !_silos.ContainsKey(heartbeat.SiloId))
        {
            _silos.Remove(_silos.MinBy(silo => silo.Value.SeenAt).Key);
        }

        _silos[heartbeat.SiloId] = (heartbeat, now);
    }

    public bool IsComplete(DateTimeOffset now) => now - openedAt >= CompleteAfter;

    public ImmutableArray<NodeState> SeenLately(DateTimeOffset now)
    {
        Forget(_nodes, node => node.SeenAt, now);
        return [.. _nodes.Values.OrderBy(node => node.Last.NodeId, StringComparer.Ordinal)];
    }

    public ImmutableArray<SiloHeartbeat> SilosSeenLately(DateTimeOffset now)
    {
        Forget(_silos, silo => silo.SeenAt, now);
        return [.. _silos.Values.Select(silo => silo.Last).OrderBy(silo => silo.SiloId, StringComparer.Ordinal)];
    }

    /// <param name="own">Hash of the silo that asks; empty: it has none.</param>
    /// <param name="now">Who was not seen lately does not count.</param>
    public bool SettingsDiffer(string own, DateTimeOffset now)
    {
        var reference = own;
        foreach (var hash in SeenLately(now).Select(node => node.Last.SettingsHash).Concat(SilosSeenLately(now).Select(silo => silo.SettingsHash)))
        {
            if (reference.Length > 0 && hash != reference)
            {
                return true;
            }

            reference = hash;
        }

        return false;
    }

    private static void Forget<T>(Dictionary<string, T> all, Func<T, DateTimeOffset> seenAt, DateTimeOffset now)
    {
        foreach (var gone in all.Where(item => now - seenAt(item.Value) > SeenWithin).Select(item => item.Key).ToList())
        {
            all.Remove(gone);
        }
    }
}
