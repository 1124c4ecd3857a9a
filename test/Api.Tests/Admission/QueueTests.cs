using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Admission.Fakes;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings.Limits;
using Gateway.Silo.Settings.Models;
using Gateway.Testing;

namespace Gateway.Api.Tests.Admission;

public sealed class QueueTests
{
    [Fact]
    public async Task A_request_waits_until_a_permit_comes_back()
    {
        await using var bench = await BenchAsync(Limited("a", 1));
        var first = await HeldAsync(bench);
        var second = bench.AdmitAsync();
        await WaitingAsync(bench, 1);

        first.Dispose();

        using var admitted = (await bench.RunAsync(second)).Admission;
        admitted.Should().NotBeNull();
        bench.Account("account-a").PermitsOut.Should().Be(1);
    }

    [Fact]
    public async Task Any_entry_with_room_will_do_and_routing_keeps_to_it()
    {
        await using var bench = await BenchAsync(Limited("a", 1), Limited("b", 1));
        using var first = await HeldAsync(bench);
        using var second = await HeldAsync(bench);

        new[] { first.Entry, second.Entry }.Should().BeEquivalentTo("a", "b");
        var third = bench.AdmitAsync();
        await WaitingAsync(bench, 1);
        second.Dispose();
        var outcome = await bench.RunAsync(third);

        outcome.Choice!.Value.Candidate!.Entry.Id.Should().Be(second.Entry);
        outcome.Admission!.Dispose();
    }

    [Fact]
    public async Task The_next_model_of_a_fallback_chain_is_taken_where_the_accounts_of_the_first_are_full()
    {
        await using var bench = await BenchAsync(Limited("a", 1), Limited("b", 1) with { Experts = ["other"] });
        bench.Routing.Models.Chains = new ModelChains(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("m", ["m", "other"]));
        bench.Routing.State.FollowSettings();

        using var first = await HeldAsync(bench);
        using var second = await HeldAsync(bench);

        (first.Entry, second.Entry).Should().Be(("a", "b"));
    }

    [Fact]
    public async Task An_entry_without_limits_is_taken_where_the_others_are_full()
    {
        await using var bench = await BenchAsync(Limited("a", 1), Entries.Live("b", priority: 1));
        using var first = await HeldAsync(bench);

        using var second = await HeldAsync(bench);

        (first.Entry, second.Entry).Should().Be(("a", "b"));
    }

    [Fact]
    public async Task Who_leaves_gives_up_its_place_and_who_waited_long_enough_is_told()
    {
        await using var bench = await BenchAsync(Limited("a", 1));
        using var first = await HeldAsync(bench);
        using var leaving = new CancellationTokenSource();
        var left = bench.AdmitAsync(cancellationToken: leaving.Token);
        var patient = bench.AdmitAsync();
        await WaitingAsync(bench, 2);

        await leaving.CancelAsync();
        await FluentActions.Awaiting(() => left).Should().ThrowAsync<OperationCanceledException>();
        await WaitingAsync(bench, 1);

        var refused = (await bench.RunAsync(patient)).Error!;
        (refused.Status, refused.Code).Should().Be((503, "capacity_exhausted"));
        bench.Queue.Waiting.Should().Be(0);
    }

    [Fact]
    public async Task The_queue_has_bounds_in_all_and_for_each_subject()
    {
        await using var bench = await BenchAsync(settings => (settings.MaxWaiting, settings.MaxWaitingPerSubject) = (2, 1), Limited("a", 1));
        using var first = await HeldAsync(bench);
        var alice = Start(bench, "alice");
        await WaitingAsync(bench, 1);

        (await Start(bench, "alice")).Error!.Code.Should().Be("capacity_exhausted");
        var bob = Start(bench, "bob");
        await WaitingAsync(bench, 2);
        (await Start(bench, "carol")).Error!.Code.Should().Be("capacity_exhausted");

        first.Dispose();
        (await bench.RunAsync(alice)).Admission!.Dispose();
        (await bench.RunAsync(bob)).Admission!.Dispose();
    }

    [Fact]
    public async Task Subjects_take_turns_however_many_requests_one_of_them_has()
    {
        await using var bench = await BenchAsync(Limited("a", 1));
        var first = await HeldAsync(bench);
        var order = new List<string>();
        var tasks = new List<Task>();
        foreach (var subject in Enumerable.Repeat("greedy", 8).Concat(["modest", "modest"]))
        {
            tasks.Add(ServeInTurnAsync(bench, subject, order));
            await WaitingAsync(bench, tasks.Count);
        }

        first.Dispose();
        await bench.RunAsync(Task.WhenAll(tasks).ContinueWith(_ => true, TaskScheduler.Default));

        order.Should().HaveCount(10);
        order.Take(4).Count(subject => subject == "modest").Should().Be(2);
    }

    [Fact]
    public async Task A_weight_gives_more_turns_and_a_lower_priority_goes_first()
    {
        await using var bench = await BenchAsync(Limited("a", 1));
        await bench.WithAsync("user:local/heavy", """{"queue_weight":3}""");
        await bench.WithAsync("user:local/urgent", """{"queue_priority":1}""");
        var first = await HeldAsync(bench);
        var order = new List<string>();
        var tasks = new List<Task>();
        foreach (var subject in Enumerable.Repeat("heavy", 6).Concat(Enumerable.Repeat("light", 6)).Append("urgent"))
        {
            tasks.Add(ServeInTurnAsync(bench, subject, order));
            await WaitingAsync(bench, tasks.Count);
        }

        first.Dispose();
        await bench.RunAsync(Task.WhenAll(tasks).ContinueWith(_ => true, TaskScheduler.Default));

        order[0].Should().Be("urgent");
        order.Skip(1).Take(8).Count(subject => subject == "heavy").Should().Be(6);
    }

    [Fact]
    public async Task Permits_that_other_nodes_free_are_found()
    {
        await using var one = await BenchAsync(Limited("a", 1));
        await using var other = new AdmissionBench(beside: one);
        await other.RefreshAsync();
        var held = await HeldAsync(one);
        var waiting = other.AdmitAsync();
        await WaitingAsync(other, 1);

        held.Dispose();
        await one.PassAsync(TimeSpan.FromSeconds(1));

        using var admitted = (await other.RunAsync(waiting)).Admission;
        admitted.Should().NotBeNull();
    }

    [Fact]
    public async Task An_accounts_rates_are_taken_for_each_attempt_and_a_full_one_says_for_how_long()
    {
        await using var bench = await BenchAsync(Entries.Live("a") with { Limits = new AccountLimits { RequestsPerMinute = 2 } }, Entries.Live("b"));
        var candidate = bench.Route.Candidates.Single(one => one.Entry.Id == "a");
        using var admitted = await bench.AdmittedAsync();

        for (var i = 0; i < 2; i++)
        {
            using var attempt = (await admitted.TryTakeAttemptAsync(candidate, default)).Attempt!;
            attempt.Settle(new ActualUse(1, 0, 0, 0));
        }

        var full = await admitted.TryTakeAttemptAsync(candidate, default);

        full.Attempt.Should().BeNull();
        full.FullFor.Should().BeGreaterThan(TimeSpan.FromSeconds(50));
        (await admitted.TryTakeAttemptAsync(bench.Route.Candidates.Single(one => one.Entry.Id == "b"), default)).Attempt.Should().NotBeNull();
    }

    [Fact]
    public async Task A_failover_takes_the_other_accounts_permit_without_waiting()
    {
        await using var bench = await BenchAsync(Limited("a", 1), Limited("b", 1));
        using var running = await HeldAsync(bench);
        var outcome = await bench.AdmitAsync();
        using var admitted = outcome.Admission!;
        var own = outcome.Choice!.Value.Candidate!;
        var other = bench.Route.Candidates.Single(one => one.Entry.Id == running.Entry);

        using var attempt = (await admitted.TryTakeAttemptAsync(own, default)).Attempt;
        var elsewhere = await admitted.TryTakeAttemptAsync(other, default);

        attempt.Should().NotBeNull();
        (elsewhere.Attempt, elsewhere.FullFor).Should().Be((null, TimeSpan.FromSeconds(1)));
        running.Dispose();
        using var then = (await admitted.TryTakeAttemptAsync(other, default)).Attempt;
        then.Should().NotBeNull();
    }

    [Fact]
    public void Entries_of_one_account_share_the_smallest_limits()
    {
        var merged = Gateway.Api.Admission.Accounts.AccountDirectory.Merge(
            [new AccountLimits { RequestsPerMinute = 5, Concurrency = 3 }, null, new AccountLimits { RequestsPerMinute = 9, TokensPerMinute = 100 }], 7)!;

        merged.Windows.Select(window => (window.Id, window.Limit)).Should().Equal(("rpm", 5L), ("tpm", 100L));
        (merged.Concurrency, merged.Version).Should().Be((3, 7L));
        Gateway.Api.Admission.Accounts.AccountDirectory.Merge([null], 7).Should().BeNull();
    }

    [Fact]
    public async Task A_request_waits_no_longer_than_the_setting_says_however_often_its_entry_falls_ill()
    {
        await using var bench = await BenchAsync(settings => settings.MaxWait = TimeSpan.FromSeconds(10), Limited("a", 1), Limited("b", 1));
        using var first = await HeldAsync(bench);
        var second = await HeldAsync(bench);
        var waiting = bench.AdmitAsync();
        await WaitingAsync(bench, 1);
        await bench.PassAsync(TimeSpan.FromSeconds(8));
        bench.Routing.Feed(bench.Routing.Open(second.Entry, TimeSpan.FromHours(1)));

        second.Dispose();
        await bench.PassAsync(TimeSpan.FromSeconds(4));

        waiting.IsCompleted.Should().BeTrue();
        (await waiting).Error!.Code.Should().Be("capacity_exhausted");
    }

    [Fact]
    public async Task A_caller_that_leaves_between_its_turn_and_its_entry_gives_the_permit_back()
    {
        await using var bench = await BenchAsync(Limited("a", 1));
        var first = await HeldAsync(bench);
        using var leaving = new CancellationTokenSource();
        var request = bench.Request();
        var waiting = bench.AdmitAsync(request with { Entries = new Leaver(request.Entries, leaving) }, leaving.Token);
        await WaitingAsync(bench, 1);

        first.Dispose();

        await FluentActions.Awaiting(() => bench.RunAsync(waiting)).Should().ThrowAsync<OperationCanceledException>();
        await bench.PassAsync(TimeSpan.FromSeconds(3));
        bench.Account("account-a").PermitsOut.Should().Be(0);
    }

    [Fact]
    public async Task Who_was_handed_a_permit_that_lapses_before_its_attempt_keeps_its_turn()
    {
        await using var bench = await BenchAsync(Limited("a", 1));
        var first = await HeldAsync(bench);
        var second = bench.AdmitAsync();
        var third = bench.AdmitAsync();
        await WaitingAsync(bench, 2);
        await bench.PassAsync(TimeSpan.FromSeconds(1.8));

        first.Dispose();
        using var admitted = (await bench.RunAsync(second)).Admission!;
        await bench.PassAsync(TimeSpan.FromMilliseconds(300));

        bench.Queue.Waiting.Should().Be(1, "the third still waits");
        using var attempt = (await bench.RunAsync(bench.Run(() => admitted.TryTakeAttemptAsync(bench.Route.Candidates[0], default).AsTask()))).Attempt;
        attempt.Should().NotBeNull();
        bench.Account("account-a").PermitsOut.Should().Be(1);
        bench.Account("account-a").Calls.Should().ContainSingle(call => call.RenewsPermit, "it is nobody else's turn, whichever node they wait at");
        attempt!.Dispose();
        (await bench.RunAsync(third)).Admission!.Dispose();
    }

    [Fact]
    public async Task A_permit_in_use_is_told_again_so_that_a_new_activation_takes_no_others_for_held()
    {
        await using var bench = await BenchAsync(Limited("a", 3));
        using var running = await HeldAsync(bench);
        var (second, third) = (await HeldAsync(bench), await HeldAsync(bench));
        second.Dispose();
        third.Dispose();
        await bench.PassAsync(TimeSpan.FromMinutes(1));

        bench.Account("account-a").Restart();
        bench.Account("account-a").PermitsOut.Should().Be(3);
        await bench.PassAsync(StockRules.PermitsToldAfter + TimeSpan.FromSeconds(1));

        bench.Account("account-a").PermitsOut.Should().Be(1);
    }

    [Fact]
    public async Task While_no_silo_answers_those_who_wait_are_let_through_where_the_setting_says_so()
    {
        await using var bench = await BenchAsync(settings => settings.OpenOnOutage = true, Limited("a", 1));
        using var first = await HeldAsync(bench);
        var waiting = bench.AdmitAsync();
        await WaitingAsync(bench, 1);

        bench.Account("account-a").Always = CallFate.NeverArrives;

        using var admitted = (await bench.RunAsync(waiting)).Admission;
        admitted.Should().NotBeNull();
    }

    [Theory]
    [InlineData(CallFate.NeverArrives)]
    [InlineData(CallFate.Unavailable)]
    public async Task While_nobody_can_grant_a_permit_those_who_wait_are_told_so_and_not_that_there_is_no_capacity(CallFate fate)
    {
        await using var bench = await BenchAsync(settings => settings.MaxWait = TimeSpan.FromMinutes(5), Limited("a", 1));
        using var first = await HeldAsync(bench);
        var early = bench.AdmitAsync();
        await WaitingAsync(bench, 1);

        bench.Account("account-a").Always = fate;
        await bench.PassAsync(TimeSpan.FromSeconds(10));
        var late = bench.AdmitAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(5));

        (early.IsCompleted, late.IsCompleted).Should().Be((true, true));
        ((await early).Error!.Code, (await late).Error!.Code).Should().Be(("limits_unavailable", "limits_unavailable"));
        bench.Queue.Waiting.Should().Be(0);
    }

    [Fact]
    public async Task A_session_that_is_replaced_sends_nobody_away_who_waits()
    {
        await using var bench = await BenchAsync(settings => settings.MaxWait = TimeSpan.FromMinutes(5), Limited("a", 1));
        var first = await HeldAsync(bench);
        var waiting = bench.AdmitAsync();
        await WaitingAsync(bench, 1);

        bench.Session.Replace();
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Session.Renewed(bench.Time.GetTimestamp());
        first.Dispose();
        bench.Account("account-a").Restart();
        await bench.PassAsync(TimeSpan.FromSeconds(1));

        waiting.IsCompleted.Should().BeFalse("the session before is not known to be lost yet, and holds the permit");
        bench.Queue.Waiting.Should().Be(1);
    }

    [Fact]
    public async Task Who_waits_also_for_an_account_that_is_only_full_gets_its_permit()
    {
        await using var bench = await BenchAsync(settings => settings.MaxWait = TimeSpan.FromMinutes(5), Limited("a", 1), Limited("b", 1));
        Held[] held = [await HeldAsync(bench), await HeldAsync(bench)];
        var waiting = bench.AdmitAsync();
        await WaitingAsync(bench, 1);

        bench.Account("account-a").Always = CallFate.NeverArrives;
        await bench.PassAsync(TimeSpan.FromSeconds(15));

        waiting.IsCompleted.Should().BeFalse();
        held.Single(one => one.Entry == "b").Dispose();
        (await bench.RunAsync(waiting)).Choice!.Value.Candidate!.Entry.Id.Should().Be("b");
    }

    [Fact]
    public async Task That_requests_wait_is_told_to_the_account_so_that_nodes_take_turns()
    {
        await using var bench = await BenchAsync(Limited("a", 1));
        using var first = await HeldAsync(bench);
        bench.Account("account-a").Calls.Should().OnlyContain(call => !call.WaitsForPermit);

        var waiting = bench.AdmitAsync();
        await WaitingAsync(bench, 1);
        await bench.PassAsync(TimeSpan.FromSeconds(1));

        bench.Account("account-a").Calls[^1].WaitsForPermit.Should().BeTrue();
        first.Dispose();
        (await bench.RunAsync(waiting)).Admission!.Dispose();
    }

    [Theory]
    [InlineData("its account is full")]
    [InlineData("nobody answers for its account")]
    [InlineData("its caller has used up a limit")]
    [InlineData("its caller leaves")]
    public async Task The_probe_of_an_entry_is_free_for_another_request_when(string why)
    {
        await using var bench = await BenchAsync(settings => settings.MaxWait = TimeSpan.Zero, Limited("a", 1));
        await bench.WithAsync("user:local/alice", """{"requests_per_minute":1}""");
        using var leaving = new CancellationTokenSource();
        using var held = why.Contains("full") || why.Contains("limit") ? await HeldAsync(bench) : null;
        if (why.Contains("limit"))
        {
            held!.Attempt.Dispose();
        }

        bench.Account("account-a").Always = why.Contains("nobody") || why.Contains("leaves") ? CallFate.NeverArrives : null;
        bench.Routing.Feed(bench.Routing.Open("a", TimeSpan.FromMilliseconds(100)));
        bench.Time.Advance(TimeSpan.FromMilliseconds(200));
        bench.Routing.Cluster.Endpoint("a").OnProbe = () => Task.FromResult<ProbePermit?>(new ProbePermit { ProbeId = 41, ValidUntil = bench.Time.GetUtcNow().AddSeconds(30) });
        _ = bench.Routing.Endpoint("a").Outcomes.Take();

        var asking = bench.AdmitAsync(cancellationToken: leaving.Token);
        if (why.Contains("leaves"))
        {
            await leaving.CancelAsync();
            await FluentActions.Awaiting(() => asking).Should().ThrowAsync<OperationCanceledException>();
        }
        else
        {
            (await bench.RunAsync(asking)).Error.Should().NotBeNull();
        }

        bench.Routing.Endpoint("a").Outcomes.Take()!.ProbeId.Should().Be(41, why);
    }

    private static ManifestEntry Limited(string id, int concurrency) => Entries.Live(id) with { Limits = new AccountLimits { Concurrency = concurrency } };

    private static Task<AdmissionBench> BenchAsync(params ManifestEntry[] entries) => BenchAsync(_ => { }, entries);

    private static async Task<AdmissionBench> BenchAsync(Action<LimitsOptions> configure, params ManifestEntry[] entries)
    {
        var bench = new AdmissionBench(null, configure, entries: entries);
        await bench.RefreshAsync();
        return bench;
    }

    private static async Task<Held> HeldAsync(AdmissionBench bench)
    {
        var outcome = await bench.AdmitAsync();
        var candidate = outcome.Choice!.Value.Candidate!;
        var attempt = (await outcome.Admission!.TryTakeAttemptAsync(candidate, default)).Attempt!;
        return new Held(candidate.Entry.Id, outcome.Admission, attempt);
    }

    private static Task<AdmissionOutcome> Start(AdmissionBench bench, string user)
    {
        var caller = new Gateway.Api.Authentication.Caller { User = "user:local/" + user, Id = user, Username = user, Name = user, AuthService = "gateway" };
        return bench.AdmitAsync(bench.Request(caller, subject: user), CancellationToken.None);
    }

    private static async Task ServeInTurnAsync(AdmissionBench bench, string user, List<string> order)
    {
        var outcome = await Start(bench, user);
        lock (order)
        {
            order.Add(user);
        }

        outcome.Admission!.Dispose();
    }

    private static Task WaitingAsync(AdmissionBench bench, int count) => Eventually.TrueAsync(() => bench.Queue.Waiting == count, $"{count} wait");

    /// <summary>Leaves when it is its turn, before an entry is chosen.</summary>
    private sealed class Leaver(IEntryChooser entries, CancellationTokenSource leaving) : IEntryChooser
    {
        private int _choices;

        public async ValueTask<RouteChoice> ChooseAsync(IReadOnlyList<RouteCandidate> excluded, CancellationToken cancellationToken)
        {
            if (++_choices > 2)
            {
                await leaving.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }

            return await entries.ChooseAsync(excluded, cancellationToken);
        }
    }

    private sealed record Held(string Entry, AdmittedRequest Admission, AttemptAdmission Attempt) : IDisposable
    {
        public void Dispose()
        {
            Attempt.Dispose();
            Admission.Dispose();
        }
    }
}
