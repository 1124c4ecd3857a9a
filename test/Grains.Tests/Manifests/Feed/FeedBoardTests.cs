using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.Feed;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Feed;

public sealed class FeedBoardTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly FeedBoard _board;

    public FeedBoardTests()
    {
        _board = new FeedBoard(_clock);
        _board.Start(0, [], 0, 0);
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Who_knows_nothing_gets_the_feed_at_once_without_a_manifest_while_none_was_loaded()
    {
        var feed = await Watch(0);

        feed.Version.Should().BeGreaterThanOrEqualTo(Now);
        feed.Manifest.Should().BeNull();
    }

    [Fact]
    public async Task Who_is_up_to_date_waits_for_the_next_change()
    {
        var watch = Watch(_board.Version);
        watch.IsCompleted.Should().BeFalse();

        _board.SetEntries([Entry("a")]);

        var feed = await watch;
        feed.Manifest!.Entries.Should().ContainSingle(entry => entry.Id == "a");
        feed.Manifest.Version.Should().Be(feed.Version);
    }

    [Fact]
    public async Task The_wait_ends_after_ten_seconds_with_nothing_new()
    {
        var version = _board.Version;
        var watch = Watch(version);

        _clock.Advance(Wait);

        (await watch).Version.Should().Be(version);
    }

    [Fact]
    public async Task A_change_of_something_else_does_not_send_the_entries_again()
    {
        _board.SetEntries([Entry("a")]);
        var known = _board.Version;

        _board.SetKeysVersion(7);

        var feed = await Watch(known);
        feed.KeysVersion.Should().Be(7);
        feed.Manifest.Should().BeNull();
    }

    [Fact]
    public async Task A_node_that_is_ahead_of_a_restarted_grain_gets_everything_again_under_a_newer_version()
    {
        _board.SetEntries([Entry("a")]);
        var ahead = _board.Version + 5_000;

        var feed = await Watch(ahead);

        feed.Version.Should().BeGreaterThan(ahead);
        feed.Manifest!.Entries.Should().ContainSingle();
    }

    [Fact]
    public async Task A_version_that_no_clock_can_have_given_out_is_refused()
    {
        var watch = () => Watch(long.MaxValue);

        await watch.Should().ThrowAsync<ArgumentOutOfRangeException>();
    }

    [Fact]
    public async Task A_watcher_that_is_cancelled_stops_waiting()
    {
        using var cancellation = new CancellationTokenSource();
        var watch = _board.WatchAsync(_board.Version, Wait, cancellation.Token);

        await cancellation.CancelAsync();

        await watch.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task Closing_answers_everybody_and_lets_nobody_wait_again()
    {
        var watch = Watch(_board.Version);

        _board.Close();

        (await watch).Version.Should().Be(_board.Version);
        (await Watch(_board.Version)).Version.Should().Be(_board.Version);
    }

    [Fact]
    public void Only_newer_verdicts_of_entries_in_force_are_taken_and_only_the_unhealthy_are_sent()
    {
        _board.SetEntries([Entry("a"), Entry("b")]);
        _board.Merge(Verdict("a", 5, CircuitState.Open));
        _board.Merge(Verdict("a", 4, CircuitState.Closed));
        _board.Merge(Verdict("b", 5, CircuitState.Closed));
        _board.Merge(Verdict("gone", 5, CircuitState.Open));

        _board.FeedSince(0).Verdicts.Should().ContainSingle().Which.Should().Be(Verdict("a", 5, CircuitState.Open));
    }

    [Fact]
    public void A_healthy_verdict_of_a_healthy_entry_is_no_news()
    {
        _board.SetEntries([Entry("a")]);
        var version = _board.Version;

        _board.Merge(Verdict("a", 5, CircuitState.Closed));

        _board.Version.Should().Be(version);
    }

    [Fact]
    public void The_verdict_of_an_entry_goes_with_it()
    {
        _board.SetEntries([Entry("a")]);
        _board.Merge(Verdict("a", 5, CircuitState.Open));

        _board.SetEntries([]);
        _board.SetEntries([Entry("a")]);

        _board.FeedSince(0).Verdicts.Should().BeEmpty();
    }

    [Fact]
    public void The_keys_version_never_falls()
    {
        _board.SetKeysVersion(9);
        _board.SetKeysVersion(3);
        _board.SetLimitsVersion(8);
        _board.SetLimitsVersion(2);

        _board.KeysVersion.Should().Be(9);
        _board.FeedSince(0).LimitsVersion.Should().Be(8);
    }

    [Fact]
    public void Whatever_happens_the_version_rises_and_a_follower_ends_with_the_last_state()
    {
        Properties.Check(Gen.ListOf(Gen.Choose(0, 5)), steps =>
        {
            var clock = new FakeTimeProvider();
            var board = new FeedBoard(clock);
            board.Start(clock.GetUtcNow().ToUnixTimeMilliseconds() + 100, [], 0, 0);
            var follower = new Follower();
            var random = new Random(steps.Count);
            long verdicts = 0;
            foreach (var step in steps)
            {
                var before = board.Version;
                switch (step)
                {
                    case 0:
                        board.SetEntries([.. new[] { "a", "b", "c" }.Where(_ => random.Next(2) == 0).Select(Entry)]);
                        break;
                    case 1:
                        board.SetOverrides([Override($"o{random.Next(3)}")]);
                        break;
                    case 2:
                        board.Merge(Verdict("a", ++verdicts, (CircuitState)random.Next(3)));
                        break;
                    case 3:
                        board.SetKeysVersion(random.Next(100));
                        break;
                    case 4:
                        clock.Advance(TimeSpan.FromMilliseconds(random.Next(50)));
                        break;
                    default:
                        // Nodes are woken late and skip versions; that must lose nothing.
                        follower.Take(board.FeedSince(follower.Version));
                        break;
                }

                board.Version.Should().BeGreaterThanOrEqualTo(before);
            }

            follower.Take(board.FeedSince(follower.Version));
            follower.Entries.Should().Equal(board.Entries);
            follower.Last!.Should().BeEquivalentTo(board.FeedSince(board.Version));
        });
    }

    private Task<ManifestFeed> Watch(long since) => _board.WatchAsync(since, Wait, TestContext.Current.CancellationToken);

    private static ManifestEntry Entry(string id) => Json.Assemble() with { Id = id };

    private static EndpointVerdict Verdict(string id, long version, CircuitState circuit) => new() { EntryId = id, Version = version, Circuit = circuit };

    private static EndpointOverride Override(string id) =>
        new() { EntryId = id, Mode = OverrideMode.Drain, SetBy = "test", SetAt = DateTimeOffset.UnixEpoch };

    private sealed class Follower
    {
        public long Version { get; private set; }

        public ImmutableArray<ManifestEntry> Entries { get; private set; } = [];

        public ManifestFeed? Last { get; private set; }

        public void Take(ManifestFeed feed)
        {
            Version = feed.Version;
            Entries = feed.Manifest?.Entries ?? Entries;
            Last = feed with { Manifest = null };
        }
    }
}
