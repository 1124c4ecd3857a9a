using Gateway.Testing;
using Gateway.Abstractions;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests;

public sealed class ManifestGrainTests : IDisposable
{
    // The clock may run ahead of the ticks; without a reason the state is not written for more than nine minutes.
    private static readonly TimeSpan FewTicks = TimeSpan.FromMinutes(5);

    private readonly TemporaryFile _file = new();
    private readonly FakeProviderKeys _keys = FakeProviderKeys.With("acct");
    private readonly FakeGrainStorage _storage = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_change_of_the_file_is_in_force_at_the_next_tick_and_logged()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        var first = await cluster.UntilEntries("a");

        _file.Replace(Json.Manifest(Json.Entry("a", status: "Offline"), Json.Entry("b")));
        var second = await cluster.UntilEntries("a", "b");

        second.Version.Should().BeGreaterThan(first.Version);
        second.Entries[0].Status.Should().Be(EntryStatus.Offline);
        cluster.Logs.Lines.Should().Contain(line => line.Contains("entry a went from live to offline"))
            .And.Contain(line => line.Contains("entry b added")).And.OnlyContain(line => line.Contains("metis"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""{"a":{"status":"Live"}}""")]
    [InlineData(null)]
    public async Task A_broken_empty_rejected_or_vanished_manifest_leaves_the_last_good_one_in_force(string? broken)
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        var good = await cluster.UntilEntries("a");

        if (broken is null)
        {
            _file.Delete();
        }
        else
        {
            _file.Replace(broken);
        }

        var after = await cluster.UntilManifest(manifest => manifest.Sources[0].LastError is not null, "the failure is listed");

        after.Entries.Should().ContainSingle(entry => entry.Id == "a");
        after.Version.Should().Be(good.Version);
    }

    [Fact]
    public async Task A_problem_that_stays_the_same_is_logged_once()
    {
        _file.Write(Json.Manifest(Json.Entry("a"), Json.Entry("b", endpointId: "nobody")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        await cluster.UntilEntries("a");

        for (var refresh = 0; refresh < 3; refresh++)
        {
            await cluster.Manifest.Refresh(Cancellation);
        }

        cluster.Logs.Lines.Where(line => line.Contains("no_key")).Should().ContainSingle().Which.Should().Contain("METIS_API_TOKENS");
    }

    [Fact]
    public async Task The_last_good_manifest_survives_a_restart_without_its_host()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        long version;
        await using (var first = await GrainCluster.StartAsync(_file, _keys, _storage))
        {
            await first.UntilEntries("a");
            version = (await first.Feed()).Version;
        }

        _file.Delete();
        await using var second = await GrainCluster.StartAsync(_file, _keys, _storage, new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(1)));

        var feed = await second.Feed();
        feed.Manifest!.Entries.Should().ContainSingle(entry => entry.Id == "a");
        feed.Version.Should().BeGreaterThan(version, "a version never goes back, not even with the clock");
    }

    [Fact]
    public async Task A_missing_manifest_does_not_keep_the_grain_from_starting_and_is_looked_for_soon_again()
    {
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        var before = await cluster.UntilManifest(manifest => manifest.Sources[0].LastError is not null, "the failure is listed");
        before.Version.Should().Be(0);
        (await cluster.Feed()).Manifest.Should().BeNull();

        _file.Write(Json.Manifest(Json.Entry("a")));

        (await cluster.UntilEntries("a")).Sources[0].LastError.Should().BeNull();
    }

    [Fact]
    public async Task A_key_that_is_added_or_removed_is_seen_at_the_next_tick()
    {
        _file.Write(Json.Manifest(Json.Entry("a"), Json.Entry("b", endpointId: "late")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        await cluster.UntilEntries("a");

        _keys.Set("late");
        await cluster.UntilEntries("a", "b");
        _keys.Remove("acct");
        await cluster.UntilEntries("b");
    }

    [Fact]
    public async Task A_waiting_node_is_woken_by_a_change()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        await cluster.UntilEntries("a");
        var known = (await cluster.Feed()).Version;
        var watch = cluster.Manifest.Watch(known, Cancellation);

        await cluster.Manifest.KeysChanged(77);

        var feed = await watch;
        feed.Version.Should().BeGreaterThan(known);
        feed.KeysVersion.Should().Be(77);
        feed.Manifest.Should().BeNull();
    }

    [Fact]
    public async Task Changed_limits_wake_waiting_nodes_come_with_the_heartbeat_and_outlive_the_activation()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using (var cluster = await GrainCluster.StartAsync(_file, _keys, _storage))
        {
            await cluster.UntilEntries("a");
            var watch = cluster.Manifest.Watch((await cluster.Feed()).Version, Cancellation);

            await cluster.Manifest.LimitsChanged(78);

            (await watch).LimitsVersion.Should().Be(78);
            (await cluster.Manifest.Heartbeat(Heartbeat("n1", 0))).LimitsVersion.Should().Be(78);
        }

        await using var next = await GrainCluster.StartAsync(_file, _keys, _storage);
        (await next.Feed()).LimitsVersion.Should().Be(78);
    }

    [Fact]
    public async Task An_override_is_stored_broadcast_and_cleared()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using (var cluster = await GrainCluster.StartAsync(_file, _keys, _storage))
        {
            await cluster.UntilEntries("a");
            (await cluster.Manifest.SetOverride(Override("nobody"))).Should().BeFalse();
            (await cluster.Manifest.SetOverride(Override("a"))).Should().BeTrue();
        }

        await using var restarted = await GrainCluster.StartAsync(_file, _keys, _storage);
        (await restarted.Feed()).Overrides.Should().ContainSingle().Which.Should().Be(Override("a"));
        (await restarted.Manifest.ClearOverride("a")).Should().BeTrue();
        (await restarted.Manifest.ClearOverride("a")).Should().BeFalse();
        (await restarted.Feed()).Overrides.Should().BeEmpty();
    }

    [Fact]
    public async Task A_changed_origin_is_rejected_until_it_is_approved()
    {
        _file.Write(Json.Manifest(Json.Entry("a"), Json.Entry("other", endpointId: "two")));
        _keys.Set("two");
        await using var cluster = await GrainCluster.StartAsync(_file, _keys, _storage);
        await cluster.UntilEntries("a", "other");

        _file.Replace(Json.Manifest(Json.Entry("a", url: "https://moved.example/v1"), Json.Entry("other", endpointId: "two")));
        var rejected = (await cluster.UntilEntries("other")).Rejected.Should().ContainSingle().Subject;
        rejected.Reason.Should().Be("origin_changed");
        rejected.Detail.Should().Contain("https://moved.example:443");

        (await cluster.Manifest.DescribeOrigin("nobody")).Should().BeNull();
        var asked = (await cluster.Manifest.DescribeOrigin("a"))!;
        asked.Named.Should().Be("https://moved.example:443");
        asked.Bound.Should().ContainSingle().Which.Should().NotBe(asked.Named);
        (await cluster.Manifest.ApproveOrigin("nobody", "https://moved.example:443")).Should().BeFalse();
        (await cluster.Manifest.ApproveOrigin("a", "https://elsewhere.example:443")).Should().BeFalse();
        (await cluster.Manifest.ApproveOrigin("a", "https://moved.example:443")).Should().BeTrue();
        (await cluster.Manifest.DescribeOrigin("a"))!.Bound.Should().Contain("https://moved.example:443");
        (await cluster.Manifest.Describe()).Entries.Should().Contain(entry => entry.Id == "a");
    }

    [Fact]
    public async Task A_file_that_changed_during_the_restart_serves_before_its_old_copy()
    {
        _file.Write(Json.Manifest(Json.Entry("old")));
        await using (var cluster = await GrainCluster.StartAsync(_file, _keys, _storage))
        {
            await cluster.UntilEntries("old");
        }

        _file.Replace(Json.Manifest(Json.Entry("new")));
        await using var restarted = await GrainCluster.StartAsync(_file, _keys, _storage);

        (await restarted.Feed()).Manifest!.Entries.Should().ContainSingle(entry => entry.Id == "new");
    }

    [Fact]
    public async Task A_pinned_origin_survives_a_restart()
    {
        _file.Write(Json.Manifest(Json.Entry("a"), Json.Entry("other", endpointId: "two")));
        _keys.Set("two");
        await using (var cluster = await GrainCluster.StartAsync(_file, _keys, _storage))
        {
            await cluster.UntilEntries("a", "other");
        }

        _file.Replace(Json.Manifest(Json.Entry("a", url: "https://evil.example/v1"), Json.Entry("other", endpointId: "two")));
        await using var restarted = await GrainCluster.StartAsync(_file, _keys, _storage);

        (await restarted.UntilEntries("other")).Rejected.Should().ContainSingle(item => item.Reason == "origin_changed");
    }

    [Fact]
    public async Task Nodes_are_listed_while_their_heartbeats_come()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        var answer = await cluster.Manifest.Heartbeat(Heartbeat("n1", feedVersion: 0));
        answer.FeedVersion.Should().BePositive();
        await cluster.UntilEntries("a");
        (await cluster.Manifest.Heartbeat(Heartbeat("n1", feedVersion: 0))).KnowsMembers.Should().BeTrue();
        (await cluster.Manifest.DescribeNodes()).Nodes.Should().ContainSingle(node => node.Last.NodeId == "n1");

        cluster.Clock.Advance(TimeSpan.FromSeconds(11));

        (await cluster.Manifest.DescribeNodes()).Nodes.Should().BeEmpty();
    }

    [Fact]
    public async Task A_node_that_went_silent_is_known_to_whoever_takes_over()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys, _storage);
        await cluster.Manifest.Heartbeat(Heartbeat("n1", feedVersion: 0));
        await cluster.Manifest.Heartbeat(Heartbeat("n2", feedVersion: 0));
        await cluster.Manifest.Heartbeat(Heartbeat("n2", feedVersion: 0) with { IsLeaving = true });
        await cluster.UntilEntries("a");

        await cluster.DeactivateAsync(cluster.Manifest);
        cluster.Clock.Advance(TimeSpan.FromSeconds(11));

        var nodes = await cluster.Manifest.DescribeNodes();
        nodes.Nodes.Should().BeEmpty();
        nodes.Silent.Select(node => node.NodeId).Should().Equal("n1");
    }

    [Fact]
    public async Task An_endpoints_verdict_reaches_the_feed_and_comes_back_with_its_entry()
    {
        _file.Write(Json.Manifest(Json.Entry("a"), Json.Entry("b")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        await cluster.UntilEntries("a", "b");
        await cluster.Endpoint("a").Report(Report("n", 1, UpstreamFailure.ServerError, 5));
        await cluster.UntilFeed(feed => feed.Verdicts.Any(verdict => verdict is { EntryId: "a", Circuit: CircuitState.Open }), "a is open");

        _file.Replace(Json.Manifest(Json.Entry("b")));
        await cluster.UntilEntries("b");
        (await cluster.Feed()).Verdicts.Should().BeEmpty();
        _file.Replace(Json.Manifest(Json.Entry("a"), Json.Entry("b")));
        await cluster.UntilEntries("a", "b");

        // Time goes on while they wait for it: an endpoint that is not quick enough is asked again.
        await cluster.UntilLaterFeed(feed => feed.Verdicts.Any(verdict => verdict is { EntryId: "a", Circuit: CircuitState.Open }), "a is open again");
    }

    [Fact]
    public async Task An_endpoint_that_nobody_calls_is_there_again_a_while_after_its_silo_was_lost()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        await cluster.UntilEntries("a");
        await Eventually.TrueAsync(() => cluster.IsActiveAsync("endpoint/a"), "it was asked when it was added");

        // A question that was on its way makes it active once more; while the clock stands, there is no other.
        await Eventually.TrueAsync(
            async () =>
            {
                await cluster.DeactivateAsync(cluster.Endpoint("a"));
                return !await cluster.IsActiveAsync("endpoint/a");
            },
            "it is gone");

        await Eventually.TrueAsync(
            () =>
            {
                cluster.Clock.Advance(TimeSpan.FromSeconds(1));
                return cluster.IsActiveAsync("endpoint/a");
            },
            "it is active again");
    }

    [Fact]
    public async Task An_endpoint_that_left_the_manifest_ends_when_nobody_has_asked_or_reported_for_a_while()
    {
        _file.Write(Json.Manifest(Json.Entry("a"), Json.Entry("b")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys);
        await cluster.UntilEntries("a", "b");
        await cluster.Endpoint("a").Report(Report("n", 1, UpstreamFailure.ServerError, 5));
        _file.Replace(Json.Manifest(Json.Entry("b")));
        await cluster.UntilEntries("b");

        await Eventually.TrueAsync(
            async () =>
            {
                cluster.Clock.Advance(TimeSpan.FromSeconds(10));
                return !await cluster.IsActiveAsync("endpoint/a");
            },
            "a has ended");

        await cluster.Endpoint("a").Report(Report("late", 1, UpstreamFailure.ServerError, 1));
        await Eventually.TrueAsync(
            async () =>
            {
                cluster.Clock.Advance(TimeSpan.FromSeconds(10));
                return !await cluster.IsActiveAsync("endpoint/a") && await cluster.IsActiveAsync("endpoint/b");
            },
            "a has ended again, and b is listed and stays");
    }

    [Fact]
    public async Task A_grain_that_lost_its_memory_asks_the_endpoints_for_their_verdicts()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys, _storage);
        await cluster.UntilEntries("a");
        await cluster.Endpoint("a").Report(Report("n", 1, UpstreamFailure.RateLimited, 1));
        await cluster.UntilFeed(feed => feed.Verdicts.Length == 1, "a cools");

        await cluster.DeactivateAsync(cluster.Manifest);

        await cluster.UntilFeed(feed => feed.Verdicts.Any(verdict => verdict.CoolingUntil is not null), "a still cools");
    }

    [Theory]
    [InlineData("https://moved.example/v1", "acct")]
    [InlineData("https://a.example/v1", "other")]
    public async Task An_entry_that_leads_to_another_upstream_has_nothing_of_what_was_learned_of_the_one_before(string url, string account)
    {
        _keys.Set("other");
        _file.Write(Json.Manifest(Json.Entry("a", url: "https://a.example/v1", more: NoKey), Json.Entry("b", more: NoKey)));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys, _storage);
        await cluster.UntilEntries("a", "b");
        var longPause = Report("n", 1, UpstreamFailure.RateLimited, 1) with { Runs = [new OutcomeRun { Failure = UpstreamFailure.RateLimited, Count = 1, RetryAfter = TimeSpan.FromHours(1) }] };
        await cluster.Endpoint("a").Report(longPause);
        await cluster.Endpoint("b").Report(longPause);
        await cluster.UntilFeed(feed => feed.Verdicts.Count(verdict => verdict.CoolingUntil is not null) == 2, "both cool");

        _file.Replace(Json.Manifest(Json.Entry("a", url: url, endpointId: account, more: NoKey), Json.Entry("b", more: NoKey + ",\"weight\":2")));

        await cluster.UntilLaterFeed(feed => feed.Verdicts.All(verdict => verdict.EntryId != "a" || verdict.CoolingUntil is null), "a is as new");
        (await cluster.Endpoint("b").Describe()).Verdict.CoolingUntil.Should().NotBeNull("only its weight changed");
    }

    [Fact]
    public async Task While_the_storage_is_down_the_manifest_goes_on_and_an_override_fails_clearly()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys, _storage);
        await cluster.UntilEntries("a");
        _storage.IsFailing = true;

        _file.Replace(Json.Manifest(Json.Entry("b")));
        await cluster.UntilEntries("b");
        var set = () => cluster.Manifest.SetOverride(Override("b"));
        (await set.Should().ThrowAsync<StorageUnavailableException>()).Which.Message.Should().NotContain("disk full");
        (await cluster.Feed()).Overrides.Should().BeEmpty();
        (await cluster.Manifest.KeysChanged(5)).Should().Be((await cluster.Feed()).Version);

        _storage.IsFailing = false;
        await cluster.UntilManifest(_ => _storage.Text.Contains("\"b\"", StringComparison.Ordinal), "b is stored once the storage is back");
        (await set()).Should().BeTrue();
    }

    [Fact]
    public async Task After_a_conflict_nothing_is_granted_and_the_state_is_read_again()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys, _storage);
        await cluster.UntilEntries("a");
        _storage.WriteBehindTheBack();
        var waiting = cluster.Manifest.Watch((await cluster.Feed()).Version, Cancellation);

        var set = () => cluster.Manifest.SetOverride(Override("a"));
        await set.Should().ThrowAsync<StorageUnavailableException>();

        await waiting;
        (await Eventually.MatchAsync(set, done => done, "the new activation takes the override")).Should().BeTrue();
        (await cluster.Feed()).Overrides.Should().ContainSingle();
    }

    [Fact]
    public async Task An_override_that_is_stored_after_it_was_answered_as_failed_is_in_force_at_the_next_ticks()
    {
        await using var cluster = await StartWithAbandonedOverrideAsync();
        var failedAt = cluster.Clock.GetUtcNow();

        _storage.TryStoreAbandoned().Should().BeTrue();
        _storage.IsFailing = false;

        await cluster.UntilLaterFeed(feed => feed.Overrides.Length == 1, "the override is in force");
        (cluster.Clock.GetUtcNow() - failedAt).Should().BeLessThan(FewTicks);
    }

    [Fact]
    public async Task An_override_that_was_answered_as_failed_and_is_not_stored_by_the_next_ticks_never_is()
    {
        await using var cluster = await StartWithAbandonedOverrideAsync();
        var (failedAt, writes) = (cluster.Clock.GetUtcNow(), _storage.Writes);
        _storage.IsFailing = false;

        await cluster.UntilLaterFeed(_ => _storage.Writes > writes, "the state is written again");

        (cluster.Clock.GetUtcNow() - failedAt).Should().BeLessThan(FewTicks);
        _storage.TryStoreAbandoned().Should().BeFalse();
        await cluster.DeactivateAsync(cluster.Manifest);
        (await cluster.Feed()).Overrides.Should().BeEmpty();
    }

    [Fact]
    public async Task An_approval_that_is_stored_after_it_was_answered_as_failed_is_in_force_at_once()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        await using var cluster = await GrainCluster.StartAsync(_file, _keys, _storage);
        await cluster.UntilManifest(_ => _storage.Text.Contains("\"a\"", StringComparison.Ordinal), "a is stored");
        _file.Replace(Json.Manifest(Json.Entry("a", url: "https://moved.example/v1")));
        await cluster.UntilManifest(manifest => manifest.Rejected.Length == 1, "its new origin is not approved");
        var stored = _storage.Hang = new TaskCompletionSource();

        var approving = cluster.Manifest.ApproveOrigin("a", "https://moved.example:443");
        await cluster.UntilManifest(_ => approving.IsCompleted, "the storage has taken too long");
        await FluentActions.Awaiting(() => approving).Should().ThrowAsync<StorageUnavailableException>();
        (await cluster.Manifest.Describe()).Rejected.Should().ContainSingle();
        _storage.Hang = null;
        stored.SetResult();

        // The clock stands still: no tick comes by, and no look at the source.
        await Eventually.TrueAsync(async () => (await cluster.Manifest.Describe()).Entries.Any(entry => entry.Url.Contains("moved", StringComparison.Ordinal)), "it is in force");
    }

    private const string NoKey = "\"auth\":\"none\"";

    private async Task<GrainCluster> StartWithAbandonedOverrideAsync()
    {
        _file.Write(Json.Manifest(Json.Entry("a")));
        var cluster = await GrainCluster.StartAsync(_file, _keys, _storage);
        await cluster.UntilManifest(_ => _storage.Text.Contains("\"a\"", StringComparison.Ordinal), "a is stored");
        _storage.AbandonsNext = true;
        var set = () => cluster.Manifest.SetOverride(Override("a"));
        await set.Should().ThrowAsync<StorageUnavailableException>();
        (await cluster.Feed()).Overrides.Should().BeEmpty();
        return cluster;
    }

    private static EndpointOverride Override(string id) => new()
    {
        EntryId = id,
        Mode = OverrideMode.Drain,
        Reason = "disk swap",
        SetBy = "test",
        SetAt = DateTimeOffset.UnixEpoch,
    };

    private static NodeHeartbeat Heartbeat(string id, long feedVersion) =>
        new() { NodeId = id, Version = "1", SettingsHash = "h", InFlight = 0, FeedVersion = feedVersion, KeysVersion = 0 };

    private static EndpointReport Report(string node, long sequence, UpstreamFailure failure, int count) => new()
    {
        NodeId = node,
        Session = "s",
        Sequence = sequence,
        Runs = [new OutcomeRun { Failure = failure, Count = count }],
        InFlight = 0,
        KeyFingerprint = "key",
    };
}
