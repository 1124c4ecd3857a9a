using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Calls;
using Orleans.Runtime.Management;
using Orleans.Runtime.Membership;
using Orleans.Runtime.Transport;

namespace Gateway.Runtime.Tests.Clustering;

/// <summary>The table was away or lost an answer, and everybody lives: nobody may be lost by it.</summary>
public sealed class MembershipPauseTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);
    private static readonly IPEndPoint OtherEndpoint = new(IPAddress.Parse("10.0.0.2"), 1);

    private readonly FakeTimeProvider _clock = new();
    private readonly ClusterSecret _secret = new(Options.Create(new ClusterTransportOptions { Secret = "the secret of the cluster under test" }));
    private readonly ClusterViews _views = new();
    private readonly ScriptedTransport _transport = new();
    private readonly List<string> _failures = [];
    private readonly UnreliableMembershipStore _store;
    private readonly LocalSiloDetails _local;

    public MembershipPauseTests()
    {
        _store = new(_clock);
        _local = new(
            Options.Create(new EndpointOptions { AdvertisedIPAddress = IPAddress.Parse("10.0.0.1"), SiloPort = 1 }),
            Options.Create(new ClusterOptions { ClusterId = "test" }),
            Options.Create(new SiloOptions { SiloName = "one" }),
            _clock);
    }

    private SiloRow Mine => _store.Table.Find(_local.SiloAddress.Endpoint)!;

    [Fact]
    public async Task a_client_that_reads_before_the_silos_beat_again_finds_them_when_they_do()
    {
        await AddOtherAsync(generation: 7);
        _clock.Advance(MembershipRules.DeadAfter);
        using var client = new ClientMembership(_store, _views, Builder(), _transport, Router(), _clock, NullLogger<ClientMembership>.Instance);
        await client.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Holds(() => _views.Current.Version > 0 && _clock.ArmedTimers > 0, "it has read the table and waits");
        _views.Current.Owners.Should().BeEmpty();

        _store.Beat(OtherEndpoint);
        _clock.Advance(Beat);

        await Eventually.Holds(() => _views.Current.Owners.Any(), "the silo is found");
        await client.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task a_client_without_the_store_hears_of_a_lost_silo_from_the_others()
    {
        await AddOtherAsync(generation: 7);
        _views.Publish(new(_store.Table.Version, [Member("10.0.0.2:1@7 Active owner"), Member("10.0.0.3:1@7 Active owner")]));
        _store.Pause = new TaskCompletionSource();
        _transport.Down = OtherEndpoint;
        _transport.View = new(_views.Current.Version + 1, [Member("10.0.0.2:1@7 Dead"), Member("10.0.0.3:1@7 Active owner")]);
        using var client = new ClientMembership(_store, _views, Builder(), _transport, Router(), _clock, NullLogger<ClientMembership>.Instance);

        await client.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.Holds(() => _views.Current.Owners.Count() == 1, "the other silo has told");
        _store.Pause.SetResult();
        await client.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task a_silo_whose_first_write_was_made_but_not_answered_beats_all_the_same()
    {
        _store.LosesNextAnswer = true;
        using var agent = Agent();
        agent.Start();
        for (var step = 0; step < 20; step++)
        {
            await StepAsync();
        }

        Mine.Status.Should().Be(SiloStatus.Active);
        _store.Table.SilenceOf(Mine).Should().BeLessThan(MembershipRules.DeadAfter);
        _views.Current.HasOwner(_local.SiloAddress).Should().BeTrue();
    }

    [Theory]
    [InlineData(null, "10.0.0.2:1@8 Active owner")]
    [InlineData(null, "10.0.0.2:1@8 Active owner", "10.0.0.1:1@{mine} Active")]
    [InlineData(null, "10.0.0.2:1@8 Active owner", "10.0.0.1:1@1 Dead")]
    [InlineData("the cluster declared it dead", "10.0.0.2:1@8 Active owner", "10.0.0.1:1@{mine} Dead")]
    [InlineData("the cluster declared it dead", "10.0.0.2:1@8 Active owner", "10.0.0.1:1@{next} Joining")]
    public async Task a_silo_without_the_store_ends_only_when_another_member_says_that_it_is_dead_or_replaced(string? end, params string[] told)
    {
        await AddOtherAsync(generation: 7);
        using var agent = Agent();
        agent.Start();
        await StepAsync();
        _views.Current.Owners.Should().HaveCount(2);

        _store.IsAway = true;
        _transport.View = new(_views.Current.Version + 1, [.. told.Select(Member)]);
        await StepAsync();
        await Eventually.Holds(() => _transport.Asked > 0, "the other member is asked");

        _failures.Should().Equal(end is null ? [] : [end]);
        _views.Current.HasOwner(_local.SiloAddress).Should().BeTrue("until it ends, it serves what it has");
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(30, false)]
    [InlineData(6, true)]
    [InlineData(30, true)]
    public async Task nobody_is_silent_because_the_clock_of_the_store_was_set_or_because_all_were_paused_together(int seconds, bool isPause)
    {
        await AddOtherAsync(generation: 7);
        using var agent = Agent();
        agent.Start();
        await BeatTogetherAsync();

        if (isPause)
        {
            await PauseAsync(TimeSpan.FromSeconds(seconds));
        }
        else
        {
            _clock.SetClock(TimeSpan.FromSeconds(seconds));
            await StepAsync();
        }

        _store.Table.Find(OtherEndpoint)!.Status.Should().Be(SiloStatus.Active, "it has had no time to beat");
        await BeatTogetherAsync();
        _store.Table.Find(OtherEndpoint)!.Status.Should().Be(SiloStatus.Active);
        _failures.Should().BeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task who_stays_silent_is_dead_after_as_long_as_ever_also_when_a_pause_came_between(bool isPaused)
    {
        await AddOtherAsync(generation: 7);
        using var agent = Agent();
        agent.Start();
        await BeatTogetherAsync();
        if (isPaused)
        {
            await PauseAsync(TimeSpan.FromSeconds(30));
        }

        for (var silence = TimeSpan.Zero; silence < MembershipRules.DeadAfter; silence += Beat)
        {
            _store.Table.Find(OtherEndpoint)!.Status.Should().Be(SiloStatus.Active);
            await StepAsync();
        }

        _store.Table.Find(OtherEndpoint)!.Status.Should().Be(SiloStatus.Dead);
    }

    [Fact]
    public async Task whoever_wants_the_membership_read_anew_is_told_when_it_cannot_be()
    {
        using var agent = Agent();
        agent.Start();
        await StepAsync();
        await _views.Refresh(cancellationToken: TestContext.Current.CancellationToken);

        _store.IsAway = true;
        await StepAsync();
        await StepAsync();

        await _views.Awaiting(views => views.Refresh(cancellationToken: TestContext.Current.CancellationToken).AsTask()).Should().ThrowAsync<Exception>();
        await _views.Refresh(new(_views.Current.Version + 1), TestContext.Current.CancellationToken).AsTask().Within();
    }

    private async Task BeatTogetherAsync()
    {
        for (var step = 0; step < 16; step++)
        {
            _store.Beat(OtherEndpoint);
            await StepAsync();
        }

        _store.Beat(OtherEndpoint);
    }

    // The reading that was under way ends when all go on, and finds the beats of before.
    private async Task PauseAsync(TimeSpan duration)
    {
        var pause = _store.Pause = new TaskCompletionSource();
        var reads = _store.Reads;
        _clock.Advance(Beat);
        await Eventually.Holds(() => _store.Reads > reads, "the silo reads");
        _clock.Advance(duration);
        _store.Pause = null;
        pause.SetResult();
        await Eventually.Holds(() => _clock.ArmedTimers > 0, "the silo has read");
    }

    private ViewMember Member(string text)
    {
        var generation = _local.SiloAddress.Generation;
        var words = text.Replace("{mine}", $"{generation}", StringComparison.Ordinal).Replace("{next}", $"{generation + 1}", StringComparison.Ordinal).Split(' ');
        return new(SiloAddress.FromParsableString(words[0]), Enum.Parse<SiloStatus>(words[1]), words[0], words.Length > 2);
    }

    private async Task StepAsync()
    {
        var reads = _store.Reads;
        _clock.Advance(Beat);
        await Eventually.Holds(() => _store.Reads > reads && (_clock.ArmedTimers > 0 || _failures.Count > 0), "the silo has tried to read");
    }

    private Task<bool> AddOtherAsync(int generation)
    {
        var address = SiloAddress.New(OtherEndpoint, generation);
        return _store.TryWriteAsync(
            new(_store.Table.Version, 0, [new SiloRow
            {
                Address = address,
                Instance = $"instance {generation}",
                Status = SiloStatus.Active,
                Name = "other",
                Started = _clock.GetUtcNow(),
                Signature = _secret.Sign(SiloRow.SignedText("test", address, $"instance {generation}", "other")),
            }]) { Heartbeat = OtherEndpoint },
            TestContext.Current.CancellationToken);
    }

    private MembershipAgent Agent() =>
        new(_store, _views, _local, Builder(), _secret, _transport, _clock, NullLogger<MembershipAgent>.Instance) { Failed = _failures.Add };

    private ViewBuilder Builder() => new(_secret, "test", _clock);

    private ClusterRouter Router() => new(_views, _transport, new FailureDetector(_views, _transport, _clock, NullLogger<FailureDetector>.Instance), _clock);
}
