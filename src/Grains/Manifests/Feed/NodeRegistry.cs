using System.Collections.Immutable;
using Gateway.Abstractions.Nodes;

namespace Gateway.Grains.Manifests.Feed;

/// <summary>The front-ends that gave a sign of life lately.</summary>
internal sealed class NodeRegistry
{
    public static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(10);

    private const int MaxNodes = 1_024;

    private readonly Dictionary<string, NodeState> _nodes = new(StringComparer.Ordinal);

    public void Note(NodeHeartbeat heartbeat, DateTimeOffset now)
    {
        if (_nodes.Count >= MaxNodes && !_nodes.ContainsKey(heartbeat.NodeId))
        {
            _nodes.Remove(_nodes.MinBy(node => node.Value.SeenAt).Key);
        }

        _nodes[heartbeat.NodeId] = new NodeState { Last = heartbeat, SeenAt = now };
    }

    public ImmutableArray<NodeState> SeenLately(DateTimeOffset now)
    {
        foreach (var gone in _nodes.Where(node => now - node.Value.SeenAt > SeenWithin).Select(node => node.Key).ToList())
        {
            _nodes.Remove(gone);
        }

        return [.. _nodes.Values.OrderBy(node => node.Last.NodeId, StringComparer.Ordinal)];
    }
}
