using Gateway.Abstractions.Manifests;
using Gateway.Api.Health;
using Gateway.Api.Routing.Feed;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Health;
using Gateway.Testing;

namespace Gateway.Api.Tests.Routing;

public sealed class FeedTests
{
    [Fact]
    public async Task Before_the_first_manifest_there_is_no_snapshot_and_then_there_is()
    {
        await using var node = await RoutingNode.StartAsync();
        await Eventually.TrueAsync(() => !node.Cluster.Manifest.Watches.IsEmpty, "the node watches");
        node.Router.Current.Should().BeNull();

        node.Cluster.Manifest.Publish(Entries.Live("a"));

        await Eventually.TrueAsync(() => node.Router.Current?.Find("m") is not null, "the manifest is in force");
    }

    [Fact]
    public async Task Changes_arrive_in_order_and_each_watch_asks_from_the_last_version()
    {
        await using var node = await RoutingNode.StartAsync();
        node.Cluster.Manifest.Publish(Entries.Live("a"));
        await Eventually.TrueAsync(() => node.Router.Current?.Find("m")?.Candidates[0].Serves is true, "live");

        node.Cluster.Manifest.Publish(Entries.Override("a", OverrideMode.Drain));
        await Eventually.TrueAsync(() => node.Router.Current?.Find("m")?.Candidates[0].Serves is false, "drained");

        node.Cluster.Manifest.Publish(Entries.Live("b"));
        await Eventually.TrueAsync(() => node.Router.Current?.Find("m")?.Candidates[0].Entry.Id is "b", "replaced");
        node.Cluster.Manifest.Watches.Should().BeInAscendingOrder();
    }

    [Fact]
    public async Task The_last_snapshot_serves_while_the_silo_is_lost_and_the_feed_goes_on_afterwards()
    {
        await using var node = await RoutingNode.StartAsync();
        node.Cluster.Manifest.Publish(Entries.Live("a"));
        await Eventually.TrueAsync(() => node.Router.Current is not null, "loaded");
        node.Readiness.ReportKeysLoaded();

        node.Cluster.Manifest.IsLost = true;
        node.Cluster.Manifest.Wake();
        await Eventually.TrueAsync(() => node.Readiness.Degraded.Contains("feed_unreachable"), "the loss is told");
        node.Router.Current!.Find("m").Should().NotBeNull();
        node.Readiness.Status.Should().Be(ReadinessStatus.Ok);

        node.Cluster.Manifest.IsLost = false;
        node.Cluster.Manifest.Publish(Entries.Live("b", model: "n"));
        await Eventually.TrueAsync(() => node.Router.Current!.Find("n") is not null, "the feed goes on");
        await Eventually.TrueAsync(() => node.Readiness.Degraded.Count == 0, "the end of the loss is told");
    }

    [Fact]
    public async Task A_missed_push_is_repaired_by_the_heartbeat()
    {
        await using var node = await RoutingNode.StartAsync();
        node.Cluster.Manifest.Publish(Entries.Live("a"));
        await Eventually.TrueAsync(() => node.Router.Current is not null, "loaded");

        node.Cluster.Manifest.IsSilent = true;
        node.Cluster.Manifest.Publish(Entries.Live("b", model: "n"));

        await Eventually.TrueAsync(() => node.Router.Current!.Find("n") is not null, "repaired");
        node.Cluster.Manifest.Watches.Count(since => since == 0).Should().BeGreaterThan(1);
    }

    [Fact]
    public async Task A_heartbeat_says_who_the_node_is_and_how_far_it_got()
    {
        await using var node = await RoutingNode.StartAsync();
        node.Keys.AppliedVersion = 17;
        node.Cluster.Manifest.Publish(Entries.Live("a"));
        await Eventually.TrueAsync(() => node.State.FeedVersion == node.Cluster.Manifest.Feed.Version, "applied");
        node.InFlight.Begin();

        await Eventually.TrueAsync(
            () => node.Cluster.Manifest.Heartbeats.Any(beat => beat is { NodeId: "node-1", SettingsHash: "hash-1", KeysVersion: 17, InFlight: 1 }
                && beat.FeedVersion == node.Cluster.Manifest.Feed.Version),
            "a heartbeat with all of it");
    }

    [Fact]
    public async Task Keys_that_were_taken_over_are_reported_without_waiting_for_the_next_second()
    {
        var time = new FakeTimeProvider();
        await using var node = await RoutingNode.StartAsync(time);
        await Eventually.TrueAsync(() => !node.Cluster.Manifest.Heartbeats.IsEmpty, "the first heartbeat");

        node.Keys.Apply(31);

        // Time stands still: only the change can have caused it.
        await Eventually.TrueAsync(() => node.Cluster.Manifest.Heartbeats.Any(beat => beat.KeysVersion == 31), "told at once");
    }

    [Fact]
    public async Task A_node_that_stops_says_good_bye_last()
    {
        FakeCluster cluster;
        await using (var node = await RoutingNode.StartAsync())
        {
            cluster = node.Cluster;
            await Eventually.TrueAsync(() => !cluster.Manifest.Heartbeats.IsEmpty, "the first heartbeat");
        }

        cluster.Manifest.Heartbeats.Last().IsLeaving.Should().BeTrue();
        cluster.Manifest.Heartbeats.Count(beat => beat.IsLeaving).Should().Be(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(null)]
    public async Task An_answer_of_a_silo_that_does_not_know_the_members_does_not_count_as_one_that_does(bool? knowsMembers)
    {
        var time = new FakeTimeProvider();
        await using var node = await RoutingNode.StartAsync(time);
        await BeatAsync();
        node.Contact.SinceMembersKnown.Should().Be(HeartbeatSender.Period);

        node.Cluster.Manifest.KnowsMembers = knowsMembers;
        await BeatAsync();
        await Eventually.TrueAsync(() => node.Contact.SinceMembersKnown == TimeSpan.Zero, "noted");

        async Task BeatAsync()
        {
            var before = node.Cluster.Manifest.Heartbeats.Count;
            await Eventually.TrueAsync(() => before > 0 || !node.Cluster.Manifest.Heartbeats.IsEmpty, "the first heartbeat");
            before = node.Cluster.Manifest.Heartbeats.Count;
            time.Advance(HeartbeatSender.Period);
            await Eventually.TrueAsync(() => node.Cluster.Manifest.Heartbeats.Count > before, "the next heartbeat");
        }
    }

    [Fact]
    public async Task Settings_that_differ_in_the_cluster_are_told_while_they_do()
    {
        await using var node = await RoutingNode.StartAsync();
        node.Cluster.Manifest.SettingsDiffer = true;
        await Eventually.TrueAsync(() => node.Readiness.Degraded.Contains("settings_differ"), "told");

        node.Cluster.Manifest.SettingsDiffer = false;
        await Eventually.TrueAsync(() => !node.Readiness.Degraded.Contains("settings_differ"), "no longer");
    }

    [Fact]
    public async Task Followers_of_keys_are_told_of_every_version()
    {
        await using var node = await RoutingNode.StartAsync();

        node.Cluster.Manifest.PublishKeys(23);

        await Eventually.TrueAsync(() => node.Keys.Told == 23, "told");
    }

    [Fact]
    public async Task Changed_provider_keys_reach_the_targets_without_a_new_manifest()
    {
        await using var node = await RoutingNode.StartAsync();
        node.Cluster.Manifest.Publish(Entries.Live("a"));
        await Eventually.TrueAsync(() => node.Router.Current is not null, "loaded");

        node.Credentials.Set("account-a", "sk-changed");

        await Eventually.TrueAsync(
            () => node.Router.Current!.Find("m")!.Candidates[0].Target.Headers.Any(header => header.Value == "Bearer sk-changed"),
            "the new key is in use",
            TimeSpan.FromSeconds(5));
    }
}
