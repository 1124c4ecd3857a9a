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

    [Fact]
    public void A_node_that_says_good_bye_is_gone_at_once()
    {
        _nodes.Note(Heartbeat("a"), Start);
        _nodes.Note(Heartbeat("a") with { IsLeaving = true }, Start.AddSeconds(1));

        _nodes.SeenLately(Start.AddSeconds(1)).Should().BeEmpty();
    }

    [Fact]
    public void The_list_is_complete_once_every_node_had_the_time_to_report()
    {
        _nodes.IsComplete(Start + NodeRegistry.CompleteAfter - TimeSpan.FromMilliseconds(1)).Should().BeFalse();
        _nodes.IsComplete(Start + NodeRegistry.CompleteAfter).Should().BeTrue();
    }

    [Fact]
    public void Settings_differ_while_two_processes_that_live_have_other_hashes()
    {
        _nodes.Note(Heartbeat("a") with { SettingsHash = "x" }, Start);
        _nodes.SettingsDiffer("x", Start).Should().BeFalse();
        _nodes.SettingsDiffer("", Start).Should().BeFalse("a silo without a hash is not compared");
        _nodes.SettingsDiffer("y", Start).Should().BeTrue();

        _nodes.Note(new SiloHeartbeat { SiloId = "s", Version = "1", SettingsHash = "y" }, Start);
        _nodes.SettingsDiffer("x", Start).Should().BeTrue();
        _nodes.SilosSeenLately(Start).Should().ContainSingle();
        _nodes.SettingsDiffer("x", Start.AddSeconds(11)).Should().BeFalse("it is gone");
    }

    private static NodeHeartbeat Heartbeat(string id) =>
        new() { NodeId = id, Version = "1", SettingsHash = "h", InFlight = 0, FeedVersion = 0, KeysVersion = 0 };
}
