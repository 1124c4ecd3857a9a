using System.Collections.Immutable;
using Gateway.Abstractions.Nodes;

namespace Gateway.Grains.Manifests.Feed;

/// <summary>
/// The front-ends and silos that gave a sign of life lately, and the front-ends that may serve known keys without one: they said no good-bye
/// and their keys are not stale yet. Times are measured: a clock that is set makes nobody come or go.
/// </summary>
/// <param name="keysServeFor">How long a node serves known keys without the cluster.</param>
internal sealed class NodeRegistry(TimeSpan keysServeFor, TimeProvider time)
{
    public static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(10);

    /// <summary>Every node in contact has sent at least one heartbeat within this time, also while it had to look for a new owner.</summary>
    public static readonly TimeSpan CompleteAfter = TimeSpan.FromSeconds(5);

    private const int MaxNodes = 1_024;

    private readonly long _openedAt = time.GetTimestamp();
    private readonly Dictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (SiloHeartbeat Last, long HeardAt)> _silos = new(StringComparer.Ordinal);

    /// <summary>Signs of life have come here for long enough.</summary>
    public bool IsComplete => time.GetElapsedTime(_openedAt) >= CompleteAfter;

    /// <summary>Ids of all that may serve known keys; to be stored, so that the next owner of the list knows whom it has not heard of.</summary>
    public ImmutableArray<string> Ids
    {
        get
        {
            Forget();
            return [.. _nodes.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public ImmutableArray<NodeState> SeenLately =>
        [.. _nodes.Values.Where(IsSeen).OrderBy(node => node.Id, StringComparer.Ordinal).Select(node => new NodeState { Last = node.Last!, SeenAt = node.SeenAt })];

    /// <summary>Those that may serve known keys and were not heard of lately.</summary>
    public ImmutableArray<SilentNode> Silent
    {
        get
        {
            Forget();
            return [.. _nodes.Values.Where(node => !IsSeen(node)).OrderBy(node => node.Id, StringComparer.Ordinal).Select(node => new SilentNode { NodeId = node.Id, KeysVersion = node.Last?.KeysVersion ?? 0 })];
        }
    }

    public ImmutableArray<SiloHeartbeat> SilosSeenLately =>
        [.. _silos.Values.Where(silo => time.GetElapsedTime(silo.HeardAt) <= SeenWithin).Select(silo => silo.Last).OrderBy(silo => silo.SiloId, StringComparer.Ordinal)];

    /// <summary>Takes over from an owner that stored <see cref="Ids"/>: what those nodes have applied is not known.</summary>
    public void Restore(ImmutableArray<string> ids)
    {
        foreach (var id in ids)
        {
            _nodes.TryAdd(id, new Node(id, null, default, time.GetTimestamp()));
        }
    }

    public void Note(NodeHeartbeat heartbeat)
    {
        if (heartbeat.IsLeaving)
        {
            _nodes.Remove(heartbeat.NodeId);
            return;
        }

        if (_nodes.Count >= MaxNodes && !_nodes.ContainsKey(heartbeat.NodeId))
        {
            _nodes.Remove(_nodes.MinBy(node => node.Value.HeardAt).Key);
        }

        _nodes[heartbeat.NodeId] = new Node(heartbeat.NodeId, heartbeat, time.GetUtcNow(), time.GetTimestamp());
    }

    public void Note(SiloHeartbeat heartbeat)
    {
        if (_silos.Count >= MaxNodes && !_silos.ContainsKey(heartbeat.SiloId))
        {
            _silos.Remove(_silos.MinBy(silo => silo.Value.HeardAt).Key);
        }

        _silos[heartbeat.SiloId] = (heartbeat, time.GetTimestamp());
    }

    /// <param name="own">Hash of the silo that asks; empty: it has none.</param>
    public bool SettingsDiffer(string own)
    {
        var reference = own;
        foreach (var hash in SeenLately.Select(node => node.Last.SettingsHash).Concat(SilosSeenLately.Select(silo => silo.SettingsHash)))
        {
            if (reference.Length > 0 && hash != reference)
            {
                return true;
            }

            reference = hash;
        }

        return false;
    }

    private bool IsSeen(Node node) => node.Last is not null && time.GetElapsedTime(node.HeardAt) <= SeenWithin;

    // A node counts from the last answer that it got, which may have come later than its heartbeat.
    private void Forget()
    {
        foreach (var gone in _nodes.Values.Where(node => time.GetElapsedTime(node.HeardAt) > keysServeFor + SeenWithin).ToList())
        {
            _nodes.Remove(gone.Id);
        }
    }

    /// <param name="Last">Null: it was known to the owner before.</param>
    private sealed record Node(string Id, NodeHeartbeat? Last, DateTimeOffset SeenAt, long HeardAt);
}
