using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Usage;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Tests.Admission.Fakes;

namespace Gateway.Api.Tests.Admission;

public sealed class StockTests
{
    private const string Key = "user:local/alice";

    [Fact]
    public async Task A_small_limit_is_asked_for_request_by_request_and_holds()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":5}""");

        var served = 0;
        for (var i = 0; i < 10; i++)
        {
            served += await bench.TryServeAsync() ? 1 : 0;
        }

        served.Should().Be(5);
        bench.Calls.ByRequests.Should().Be(6, "the refusal is kept for a moment");
    }

    [Fact]
    public async Task Requests_that_wait_together_for_a_small_limit_share_a_call()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":60}""");
        bench.Subject(Key).Fates.Enqueue(CallFate.IsSlow);

        var outcomes = await bench.RunAsync(Task.WhenAll(Enumerable.Range(0, 100).Select(_ => bench.AdmitAsync())));

        outcomes.Count(outcome => outcome.Admission is not null).Should().Be(60);
        bench.Calls.ByRequests.Should().BeLessThanOrEqualTo(3, "one for the first, one for all who waited meanwhile, and one for those who found nothing");
    }

    [Fact]
    public async Task Requests_that_follow_each_other_share_a_lease()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":100000,"tokens_per_minute":10000000}""");

        for (var i = 0; i < 200; i++)
        {
            (await bench.TryServeAsync()).Should().BeTrue();
            bench.Time.Advance(TimeSpan.FromMilliseconds(50));
            bench.Session.Renewed(bench.Time.GetTimestamp());
        }

        // 20 requests a second.
        bench.Calls.ByRequests.Should().BeLessThanOrEqualTo(12);
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Subject(Key).Used("requests_per_minute").Should().Be(200);
        bench.Subject(Key).Used("tokens_per_minute").Should().Be(200 * 25);
        bench.Subject(Key).Reserved("tokens_per_minute").Should().Be(0);
    }

    [Fact]
    public async Task While_requests_keep_coming_none_waits_for_a_call()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":100000,"tokens_per_minute":10000000}""");
        await ServeSteadilyAsync(bench, seconds: 2);
        var before = bench.Calls.ByRequests;
        bench.Subject(Key).Always = CallFate.IsSlow;

        var waited = await ServeSteadilyAsync(bench, seconds: 20);

        waited.Should().Be(0);
        (bench.Calls.ByRequests - before).Should().BeInRange(20 * 10 / 15, 20, "a call asks for the requests of one and a half seconds");
        bench.Subject(Key).Always = null;
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Subject(Key).Used("requests_per_minute").Should().Be(22 * 20);
        bench.Subject(Key).Reserved("tokens_per_minute").Should().Be(0);
    }

    [Theory]
    [InlineData("""{"requests_per_minute":400}""", "more than half is taken")]
    [InlineData("""{"requests_per_minute":100000,"concurrency":50}""", "permits are for requests that are there")]
    public async Task Without_room_nothing_is_asked_for_beside_requests(string limits, string why)
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, limits);
        await ServeSteadilyAsync(bench, seconds: 11);
        bench.Subject(Key).Always = CallFate.IsSlow;

        (await ServeSteadilyAsync(bench, seconds: 5)).Should().BePositive(why);
    }

    [Fact]
    public async Task Calls_beside_requests_that_are_lost_cost_nothing_for_good()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":100000}""");
        await ServeSteadilyAsync(bench, seconds: 2);
        foreach (var fate in (CallFate[])[CallFate.LosesAnswer, CallFate.NeverArrives, CallFate.Unavailable, CallFate.ArrivesTwice, CallFate.Hangs])
        {
            bench.Subject(Key).Fates.Enqueue(fate);
            await ServeSteadilyAsync(bench, seconds: 4);
        }

        bench.Subject(Key).Restart();
        await ServeSteadilyAsync(bench, seconds: 4);
        await bench.PassAsync(TimeSpan.FromSeconds(20));

        bench.Subject(Key).Used("requests_per_minute").Should().Be(26 * 20);
        bench.Subject(Key).Reserved("requests_per_minute").Should().Be(0);
    }

    [Fact]
    public async Task An_idle_share_goes_back_within_half_a_second()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":1000}""");
        for (var i = 0; i < 5; i++)
        {
            await bench.TryServeAsync();
        }

        bench.Subject(Key).Reserved("requests_per_minute").Should().BePositive("some are in stock for what may come");
        await bench.PassAsync(TimeSpan.FromMilliseconds(500));

        bench.Subject(Key).Reserved("requests_per_minute").Should().Be(0);
        bench.Subject(Key).Used("requests_per_minute").Should().Be(5);
    }

    [Theory]
    [InlineData(0, 400, "the stock lies idle and goes back while the refusal is remembered")]
    [InlineData(1600, 400, "the lease ends while the refusal is remembered")]
    public async Task What_went_back_to_the_grain_is_asked_for_again_at_once(int askedAfter, int comesAfter, string why)
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":2}""");
        AdmittedRequest[] held = [await bench.AdmittedAsync(), await bench.AdmittedAsync()];
        await bench.PassAsync(TimeSpan.FromMilliseconds(askedAfter));
        bench.Subject(Key).Fates.Enqueue(CallFate.IsSlow);
        var refused = bench.AdmitAsync();
        await bench.PassAsync(TimeSpan.FromMilliseconds(200));
        (await bench.RunAsync(refused)).Error!.Status.Should().Be(429);
        Array.ForEach(held, admission => admission.Dispose());

        await bench.PassAsync(TimeSpan.FromMilliseconds(comesAfter - 200));

        (await bench.RunAsync(bench.TryServeAsync())).Should().BeTrue(why);
    }

    [Fact]
    public async Task What_comes_back_while_the_grain_is_asked_serves_who_waits_for_its_answer()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":2}""");
        AdmittedRequest[] held = [await bench.AdmittedAsync(), await bench.AdmittedAsync()];
        bench.Subject(Key).Fates.Enqueue(CallFate.IsSlow);
        var waiting = Enumerable.Range(0, 3).Select(_ => bench.AdmitAsync()).ToArray();
        Array.ForEach(held, admission => admission.Dispose());

        var outcomes = await bench.RunAsync(Task.WhenAll(waiting));

        outcomes.Count(outcome => outcome.Admission is not null).Should().Be(2);
    }

    [Fact]
    public async Task A_request_that_never_began_leaves_its_unit_to_the_next_one()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":1}""");
        using var admitted = await bench.AdmittedAsync();
        (await bench.AdmitAsync()).Error!.Status.Should().Be(429);

        admitted.Settle(ActualUse.None);

        (await bench.RunAsync(bench.TryServeAsync())).Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"requests_per_minute":1}""", 1600, "the unit's lease had ended")]
    [InlineData("""{"concurrency":1}""", 5000, "the permit's lease had ended")]
    public async Task What_goes_back_while_the_grain_is_asked_is_asked_for_again(string limits, int runs, string why)
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, limits);
        using var held = await bench.AdmittedAsync();
        await bench.PassAsync(TimeSpan.FromMilliseconds(runs));
        bench.Subject(Key).Fates.Enqueue(CallFate.IsSlow);
        bench.Subject(Key).Fates.Enqueue(CallFate.Works);
        if (runs < 2000)
        {
            bench.Time.Advance(TimeSpan.FromMilliseconds(350));
        }

        var waiting = bench.AdmitAsync();
        held.Dispose();

        (await bench.RunAsync(waiting)).Admission.Should().NotBeNull(why);
    }

    [Fact]
    public async Task A_store_of_claims_that_stays_away_is_asked_less_and_less_often()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":5}""");
        bench.Subject(Key).Always = CallFate.Unavailable;

        (await bench.RunAsync(bench.AdmitAsync())).Error!.Code.Should().Be("limits_unavailable");

        bench.Calls.ByRequests.Should().BeLessThan(15, "two seconds with pauses of up to a quarter");
    }

    [Fact]
    public async Task A_stock_of_a_session_that_was_replaced_is_put_away()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"tokens_per_day":1000,"concurrency":2}""");
        using var running = await bench.AdmittedAsync();
        var stock = bench.Stocks.Subject(Key);
        bench.Session.Replace();
        bench.Session.Renewed(bench.Time.GetTimestamp());

        await bench.PassAsync(TimeSpan.FromSeconds(20));
        stock.IsTickDue.Should().BeTrue("it may rest");
        bench.Time.Advance(TimeSpan.FromMinutes(10));
        bench.Stocks.Tick();

        stock.IsRetired.Should().BeTrue();
    }

    [Theory]
    [InlineData("requests_per_minute", 1, 0)]
    [InlineData("requests_per_day", 0, 1)]
    public async Task A_request_in_flight_counts_as_used_in_its_minute_and_as_reserved_in_its_day(string window, int used, int reserved)
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, $$"""{"{{window}}":1000}""");
        using var admitted = await bench.AdmittedAsync();

        (await bench.TryServeAsync()).Should().BeTrue();
        await bench.PassAsync(TimeSpan.FromMilliseconds(500));

        bench.Subject(Key).Used(window).Should().Be(1 + used);
        bench.Subject(Key).Reserved(window).Should().Be(reserved);
    }

    [Fact]
    public async Task Use_of_a_window_with_much_room_is_told_less_often()
    {
        var withRoom = await CallsForAsync("""{"requests_per_minute":100000}""");
        var withLittle = await CallsForAsync("""{"requests_per_minute":320}""");

        withRoom.Should().BeLessThan(withLittle * 3 / 4);
    }

    [Fact]
    public async Task Nothing_is_refused_because_the_own_stock_is_empty()
    {
        await using var one = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":1000}""");
        await using var other = new AdmissionBench(beside: one);
        await other.RefreshAsync();
        for (var i = 0; i < 300; i++)
        {
            (await one.TryServeAsync()).Should().BeTrue();
            (await other.TryServeAsync()).Should().BeTrue();
        }
    }

    [Fact]
    public async Task A_request_that_is_not_begun_by_the_end_of_its_lease_is_taken_anew()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":5}""");
        using var admitted = await bench.AdmittedAsync();

        bench.Time.Advance(TimeSpan.FromMilliseconds(1951));
        using var attempt = (await admitted.TryTakeAttemptAsync(bench.Route.Candidates[0], default)).Attempt;

        attempt.Should().NotBeNull();
        bench.Subject(Key).Acquires.Should().Be(2);
        admitted.Settle(new ActualUse(1, 0, 0, 0));
        await bench.PassAsync(TimeSpan.FromMilliseconds(500));
        bench.Subject(Key).Used("requests_per_minute").Should().Be(1);
    }

    [Fact]
    public async Task A_request_that_is_begun_in_time_keeps_what_it_holds_for_as_long_as_it_runs()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"tokens_per_day":1000}""");
        using var admitted = await bench.AdmittedAsync();
        using var attempt = (await admitted.TryTakeAttemptAsync(bench.Route.Candidates[0], default)).Attempt;

        await bench.PassAsync(TimeSpan.FromSeconds(20));
        bench.Subject(Key).Reserved("tokens_per_day").Should().Be(25);
        admitted.Settle(new ActualUse(1, 100, 200, 0));
        await bench.PassAsync(TimeSpan.FromMilliseconds(500));

        bench.Subject(Key).Reserved("tokens_per_day").Should().Be(0);
        bench.Subject(Key).Used("tokens_per_day").Should().Be(300, "what was guessed is replaced by what was used");
    }

    [Theory]
    [InlineData(CallFate.NeverArrives)]
    [InlineData(CallFate.LosesAnswer)]
    [InlineData(CallFate.Hangs)]
    [InlineData(CallFate.ArrivesTwice)]
    [InlineData(CallFate.IsSlow)]
    public async Task A_call_that_goes_wrong_is_repeated_under_its_number_and_takes_once(CallFate fate)
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":5}""");
        bench.Subject(Key).Fates.Enqueue(fate);

        using var admitted = (await bench.RunAsync(bench.AdmitAsync())).Admission;

        admitted.Should().NotBeNull();
        bench.Subject(Key).Calls.Select(call => call.CallNumber).Distinct().Should().HaveCount(1);
        bench.Subject(Key).Reserved("requests_per_minute").Should().Be(1);
    }

    [Fact]
    public async Task When_no_silo_answers_the_request_waits_eight_seconds_and_the_next_ones_hardly()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":500}""");
        bench.Subject(Key).Always = CallFate.NeverArrives;
        var began = bench.Time.GetUtcNow();

        var first = await bench.RunAsync(bench.AdmitAsync());
        var waited = bench.Time.GetUtcNow() - began;
        began = bench.Time.GetUtcNow();
        var second = await bench.RunAsync(bench.AdmitAsync());

        (first.Error!.Status, first.Error.Code).Should().Be((503, "limits_unavailable"));
        second.Error!.Code.Should().Be("limits_unavailable");
        waited.Should().BeGreaterThan(TimeSpan.FromSeconds(7)).And.BeLessThan(TimeSpan.FromSeconds(11));
        (bench.Time.GetUtcNow() - began).Should().BeLessThan(TimeSpan.FromSeconds(3));

        bench.Subject(Key).Always = null;
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        (await bench.RunAsync(bench.AdmitAsync())).Admission.Should().NotBeNull();
    }

    [Fact]
    public async Task An_outage_lets_callers_through_where_the_setting_says_so()
    {
        await using var bench = await new AdmissionBench(configure: settings => settings.OpenOnOutage = true).WithAsync(Key, """{"requests_per_minute":5}""");
        bench.Subject(Key).Always = CallFate.NeverArrives;

        using var admitted = (await bench.RunAsync(bench.AdmitAsync())).Admission;

        admitted.Should().NotBeNull();
        var charges = new List<Charge>();
        admitted!.AddCharges(charges);
        charges.Should().BeEmpty();
    }

    [Fact]
    public async Task A_store_of_claims_that_is_away_is_waited_for_a_moment_and_opens_nothing()
    {
        await using var bench = await new AdmissionBench(configure: settings => settings.OpenOnOutage = true).WithAsync(Key, """{"requests_per_minute":5}""");
        bench.Subject(Key).Fates.Enqueue(CallFate.Unavailable);
        using (var admitted = (await bench.RunAsync(bench.AdmitAsync())).Admission)
        {
            admitted.Should().NotBeNull();
        }

        bench.Subject(Key).Always = CallFate.Unavailable;
        await bench.PassAsync(TimeSpan.FromSeconds(3));
        (await bench.RunAsync(bench.AdmitAsync())).Error!.Code.Should().Be("limits_unavailable");
    }

    [Fact]
    public async Task A_node_whose_session_may_be_taken_for_lost_begins_nothing()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":5000}""");
        await bench.TryServeAsync();

        bench.Time.Advance(TimeSpan.FromSeconds(9));

        (await bench.AdmitAsync()).Error!.Code.Should().Be("limits_unavailable");
    }

    [Fact]
    public async Task Under_a_new_session_nothing_of_the_old_one_is_told()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"tokens_per_day":1000,"concurrency":2}""");
        using var old = await bench.AdmittedAsync();

        bench.Session.Replace();
        bench.Session.Renewed(bench.Time.GetTimestamp());
        using var admitted = await bench.AdmittedAsync();
        old.Settle(new ActualUse(1, 7, 0, 0));
        admitted.Settle(new ActualUse(1, 1, 0, 0));
        await bench.PassAsync(TimeSpan.FromSeconds(1));

        bench.Subject(Key).Used("tokens_per_day").Should().Be(1);
        bench.Subject(Key).Calls.Select(call => call.Session).Distinct().Should().HaveCount(2);
    }

    [Fact]
    public async Task A_new_activation_is_told_of_everything_that_is_held()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"tokens_per_day":1000,"concurrency":5}""");
        using var running = await bench.AdmittedAsync();
        await bench.TryServeAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1));

        bench.Subject(Key).Restart();
        await bench.TryServeAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1));

        bench.Subject(Key).Used("tokens_per_day").Should().Be(50);
        bench.Subject(Key).Reserved("tokens_per_day").Should().Be(25);
        bench.Subject(Key).PermitsOut.Should().Be(1);
    }

    [Fact]
    public async Task A_rate_a_second_is_never_kept_in_stock()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_second":3}""");

        var served = 0;
        for (var i = 0; i < 6; i++)
        {
            served += await bench.TryServeAsync() ? 1 : 0;
        }

        bench.Subject(Key).Calls.Take(3).Should().OnlyContain(call => call.Wishes.Single().Desired == 1);
        bench.Calls.ByRequests.Should().BeGreaterThanOrEqualTo(served);
    }

    [Fact]
    public async Task A_client_that_leaves_while_it_waits_leaves_nothing_behind()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"tokens_per_day":1000,"concurrency":2}""");
        bench.Subject(Key).Fates.Enqueue(CallFate.IsSlow);
        using var leaving = new CancellationTokenSource();
        var waiting = bench.AdmitAsync(cancellationToken: leaving.Token);

        await leaving.CancelAsync();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
        await bench.PassAsync(TimeSpan.FromSeconds(2));
        bench.Subject(Key).Reserved("tokens_per_day").Should().Be(0);
        bench.Subject(Key).PermitsOut.Should().Be(0);
    }

    [Fact]
    public async Task Many_at_once_wait_for_one_call()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":10000}""");
        bench.Subject(Key).Fates.Enqueue(CallFate.IsSlow);

        var all = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => bench.AdmitAsync()));
        var outcomes = await bench.RunAsync(all);

        outcomes.Should().OnlyContain(outcome => outcome.Admission != null);
        bench.Subject(Key).Acquires.Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_stock_with_nothing_in_it_is_put_away_and_its_successor_goes_on_counting()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":5}""");
        await bench.TryServeAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        var before = bench.Stocks.Subject(Key);

        bench.Time.Advance(TimeSpan.FromMinutes(10));
        bench.Stocks.Tick();
        bench.Session.Renewed(bench.Time.GetTimestamp());
        (await bench.TryServeAsync()).Should().BeTrue();

        before.IsRetired.Should().BeTrue();
        bench.Stocks.Subject(Key).Should().NotBeSameAs(before);
        bench.Subject(Key).Calls.Select(call => call.CallNumber).Should().BeInAscendingOrder();
    }

    [Theory]
    [InlineData("refused", true)]
    [InlineData("not begun", true)]
    [InlineData("served", false)]
    [InlineData("in flight", false)]
    public async Task A_node_that_ends_says_its_last_word_where_no_journal_will(string became, bool isFinal)
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_day":2}""");
        await using var other = new AdmissionBench(beside: bench);
        await other.RefreshAsync();
        other.Session.Replace();
        other.Session.Renewed(other.Time.GetTimestamp());
        if (became == "refused")
        {
            using var one = await bench.AdmittedAsync();
            using var two = await bench.AdmittedAsync();
            (await other.AdmitAsync()).Error.Should().NotBeNull();
        }

        using var admitted = became == "refused" ? null : await other.AdmittedAsync();
        if (became is "served" or "not begun")
        {
            admitted!.Settle(became == "served" ? new ActualUse(1, 1, 1, 0) : ActualUse.None);
        }

        await other.PassAsync(TimeSpan.FromSeconds(1));
        await other.Stocks.StopAsync(TestContext.Current.CancellationToken);

        bench.Subject(Key).ReportsTaken.Any(report => report.Session == other.Session.Id && report.IsFinal).Should().Be(isFinal);
    }

    [Fact]
    public async Task Charges_name_what_is_reserved_and_then_what_was_used()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"tokens_per_day":1000,"requests_per_second":9}""");
        using var admitted = await bench.AdmittedAsync();

        admitted.AddCharges(Reserved);
        admitted.Settle(new ActualUse(1, 3, 4, 0));
        admitted.AddCharges(Used);

        Reserved.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Subject = Key, Epoch = 1L, WindowId = "tokens_per_day", Amount = 25L });
        Used.Should().ContainSingle().Which.Amount.Should().Be(7);
    }

    private List<Charge> Reserved { get; } = [];

    private List<Charge> Used { get; } = [];

    /// <summary>10 requests a second for half a minute, all of which are told of in the end.</summary>
    private static async Task<long> CallsForAsync(string limits)
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, limits);
        for (var i = 0; i < 300; i++)
        {
            (await bench.TryServeAsync()).Should().BeTrue();
            await bench.PassAsync(StockRules.Tick);
        }

        var calls = bench.Calls.ByRequests + bench.Calls.Background;
        await bench.PassAsync(TimeSpan.FromMilliseconds(500));
        bench.Subject(Key).Used("requests_per_minute").Should().Be(300);
        return calls;
    }

    /// <summary>Twenty requests a second.</summary>
    /// <returns>How many of them had to wait.</returns>
    private static async Task<int> ServeSteadilyAsync(AdmissionBench bench, int seconds)
    {
        var waited = 0;
        for (var tick = 0; tick < 10 * seconds; tick++)
        {
            for (var request = 0; request < 2; request++)
            {
                var serving = bench.TryServeAsync();
                waited += serving.IsCompleted ? 0 : 1;
                (await bench.RunAsync(serving)).Should().BeTrue();
            }

            await bench.PassAsync(StockRules.Tick);
        }

        return waited;
    }
}
