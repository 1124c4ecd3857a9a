using Gateway.Abstractions.Nodes;
using Gateway.Grains.Manifests.Feed;
using Gateway.Testing;

namespace Gateway.Grains.Tests.Manifests.Feed;

public sealed class NodeRegistryTests
{
    private static readonly TimeSpan KeysServeFor = TimeSpan.FromMinutes(15);

    private readonly FakeTimeProvider _time = new();
    private readonly NodeRegistry _nodes;

    public NodeRegistryTests() => _nodes = new(KeysServeFor, _time);

    private IEnumerable<string> Seen => _nodes.SeenLately.Select(node => node.Last.NodeId);

    [Fact]
    public void A_node_is_listed_for_ten_seconds_after_its_last_heartbeat()
    {
        _nodes.Note(Heartbeat("b"));
        Wait(5);
        _nodes.Note(Heartbeat("a"));

        Wait(5);
        Seen.Should().Equal("a", "b");
        Wait(1);
        Seen.Should().Equal("a");
    }

    [Fact]
    public void The_number_of_nodes_is_bounded_by_forgetting_the_longest_silent()
    {
        for (var node = 0; node < 1_100; node++)
        {
            _nodes.Note(Heartbeat($"n{node:0000}"));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _nodes.SeenLately.Should().HaveCount(1_024);
        Seen.First().Should().Be("n0076");
    }

    [Fact]
    public void A_node_that_says_good_bye_is_gone_at_once()
    {
        _nodes.Note(Heartbeat("a"));
        Wait(1);
        _nodes.Note(Heartbeat("a") with { IsLeaving = true });

        Seen.Should().BeEmpty();
        Wait(10);
        _nodes.Silent.Should().BeEmpty();
    }

    [Fact]
    public void A_node_without_a_good_bye_is_known_as_silent_for_as_long_as_its_keys_may_serve()
    {
        _nodes.Note(Heartbeat("a") with { KeysVersion = 7 });
        Wait(10);
        _nodes.Silent.Should().BeEmpty();

        Wait(1);
        _nodes.Silent.Should().Equal(new SilentNode { NodeId = "a", KeysVersion = 7 });
        _nodes.Ids.Should().Equal("a");

        _time.Advance(KeysServeFor - TimeSpan.FromSeconds(1));
        _nodes.Silent.Should().ContainSingle();
        Wait(1);
        _nodes.Silent.Should().BeEmpty();
        _nodes.Ids.Should().BeEmpty();
    }

    [Fact]
    public void A_clock_that_is_set_makes_nobody_come_or_go()
    {
        _nodes.Note(Heartbeat("a"));
        Wait(11);
        _nodes.Note(Heartbeat("b"));

        foreach (var by in new[] { TimeSpan.FromDays(1), TimeSpan.FromDays(-2) })
        {
            _time.SetClock(by);
            Seen.Should().Equal("b");
            _nodes.Silent.Select(node => node.NodeId).Should().Equal("a");
        }
    }

    [Fact]
    public void Of_nodes_that_the_owner_before_knew_nothing_is_confirmed_until_they_are_heard_of()
    {
        _nodes.Restore(["a", "b"]);
        _nodes.Silent.Should().Equal(new SilentNode { NodeId = "a", KeysVersion = 0 }, new SilentNode { NodeId = "b", KeysVersion = 0 });

        _nodes.Note(Heartbeat("a"));
        _nodes.Note(Heartbeat("b") with { IsLeaving = true });

        _nodes.Silent.Should().BeEmpty();
        Seen.Should().Equal("a");
    }

    [Fact]
    public void The_list_is_complete_once_every_node_had_the_time_to_report()
    {
        _time.Advance(NodeRegistry.CompleteAfter - TimeSpan.FromMilliseconds(1));
        _nodes.IsComplete.Should().BeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _nodes.IsComplete.Should().BeTrue();
    }

    [Fact]
    public void Settings_differ_while_two_processes_that_live_have_other_hashes()
    {
        _nodes.Note(Heartbeat("a") with { SettingsHash = "x" });
        _nodes.SettingsDiffer("x").Should().BeFalse();
        _nodes.SettingsDiffer("").Should().BeFalse("a silo without a hash is not compared");
        _nodes.SettingsDiffer("y").Should().BeTrue();

        _nodes.Note(new SiloHeartbeat { SiloId = "s", Version = "1", SettingsHash = "y" });
        _nodes.SettingsDiffer("x").Should().BeTrue();
        _nodes.SilosSeenLately.Should().ContainSingle();
        Wait(11);
        _nodes.SettingsDiffer("x").Should().BeFalse("it is gone");
    }

    private void Wait(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private static NodeHeartbeat Heartbeat(string id) =>
        new() { NodeId = id, Version = "1", SettingsHash = "h", InFlight = 0, FeedVersion = 0, KeysVersion = 0 };
}
