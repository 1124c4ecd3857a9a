using Gateway.Abstractions.Nodes;
using Gateway.Grains.Manifests.Feed;

namespace Gateway.Grains.Tests.Manifests.Feed;

public sealed class NodeRegistryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly NodeRegistry _nodes = new(Start);

    [Fact]
    public void A_node_is_listed_for_ten_seconds_after_its_last_heartbeat()
    {
        _nodes.Note(Heartbeat("b"), Start);
        _nodes.Note(Heartbeat("a"), Start.AddSeconds(5));

        _nodes.SeenLately(Start.AddSeconds(10)).Select(node => node.Last.NodeId).Should().Equal("a", "b");
        _nodes.SeenLately(Start.AddSeconds(11)).Select(node => node.Last.NodeId).Should().Equal("a");
    }

    [Fact]
    public void The_number_of_nodes_is_bounded_by_forgetting_the_longest_silent()
    {
        for (var node = 0; node < 1_100; node++)
        {
            _nodes.Note(Heartbeat($"n{node:0000}"), Start.AddMilliseconds(node));
        }

        var listed = _nodes.SeenLately(Start.AddSeconds(2));
        listed.Should().HaveCount(1_024);
        listed[0].Last.NodeId.Should().Be("n0076");
    }

    private static NodeHeartbeat Heartbeat(string id) =>
        new() { NodeId = id, Version = "1", SettingsHash = "h", InFlight = 0, FeedVersion = 0, KeysVersion = 0 };
}
