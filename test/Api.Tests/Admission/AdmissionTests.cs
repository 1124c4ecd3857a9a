using Gateway.Abstractions.Limits;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Answers;
using Gateway.Api.Tests.Admission.Fakes;
using Microsoft.AspNetCore.Http;

namespace Gateway.Api.Tests.Admission;

public sealed class AdmissionTests
{
    private const string Key = "user:local/alice";

    // Input 10 tokens at 1,000 nano-dollars, output at 10,000.
    private static readonly AdmissionEstimate Priced = new() { InputTokens = 10, InputTokensGuess = 5, OutputTokens = 100, OutputTokensGuess = 20, InputNanoUsd = 10_000, NanoUsdPerOutputToken = 10_000, NanoUsdGuess = 200_000 };

    [Fact]
    public async Task Callers_without_limits_cost_no_grain_call()
    {
        await using var bench = await new AdmissionBench().WithAsync("user:local/bob", """{"requests_per_minute":1}""");

        (await bench.TryServeAsync()).Should().BeTrue();

        bench.Calls.ByRequests.Should().Be(0);
        bench.Routing.Cluster.Quotas.Should().BeEmpty();
    }

    [Fact]
    public async Task What_one_subject_refuses_the_others_get_back()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"tokens_per_day":1000,"concurrency":5}""");
        await bench.WithAsync("key:k1", """{"requests_per_minute":1}""");
        (await bench.TryServeAsync()).Should().BeTrue();

        (await bench.AdmitAsync()).Error!.Message.Should().Contain("key:k1").And.Contain("requests_per_minute");

        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Subject(Key).Reserved("tokens_per_day").Should().Be(0);
        bench.Subject(Key).PermitsOut.Should().Be(0);
    }

    [Fact]
    public async Task What_one_subject_refuses_takes_nothing_of_a_rate_of_another()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_second":3}""");
        await bench.WithAsync("key:k1", """{"requests_per_minute":1}""");
        (await bench.TryServeAsync()).Should().BeTrue();

        (await bench.AdmitAsync()).Error!.Message.Should().Contain("key:k1").And.Contain("requests_per_minute");

        bench.Subject(Key).Granted["requests_per_second"].Should().Be(1, "what was taken of a rate cannot be given back");
    }

    [Fact]
    public async Task Who_keeps_calling_beyond_a_limit_holds_nothing_of_its_other_limits()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":10}""");
        await using var other = new AdmissionBench(beside: bench);
        await other.RefreshAsync();
        await bench.WithAsync("key:k1", """{"requests_per_minute":1}""");
        (await bench.TryServeAsync()).Should().BeTrue();
        (await bench.TryServeAsync()).Should().BeFalse();
        await bench.PassAsync(TimeSpan.FromSeconds(3));
        var before = bench.Subject(Key).Acquires;

        for (var i = 0; i < 20; i++)
        {
            var answers = await bench.RunAsync(Task.WhenAll(Enumerable.Range(0, 10).Select(_ => bench.TryServeAsync())));
            answers.Should().NotContain(true);
            await bench.PassAsync(TimeSpan.FromMilliseconds(100));
        }

        (bench.Subject(Key).Acquires - before).Should().Be(0);
        bench.Subject(Key).Used("requests_per_minute").Should().Be(1);
        bench.Subject(Key).Reserved("requests_per_minute").Should().Be(0);
    }

    [Fact]
    public async Task A_hard_budget_caps_the_output_at_what_it_can_pay()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"budgets":[{"usd":0.0005,"window":"month"}]}""");
        await bench.WithAsync("key:k1", """{"tokens_per_day":1000}""");

        using var admitted = await bench.AdmittedAsync(estimate: Priced);

        admitted.OutputCap.Should().Be(49, "500,000 nano-dollars less 10,000 of input, at 10,000 a token");
        bench.Subject(Key).Reserved("budget/usd/month").Should().Be(500_000);
    }

    [Fact]
    public async Task A_budget_that_became_hard_within_its_window_caps_the_output()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"budgets":[{"usd":0.0005,"window":"month","mode":"soft"}]}""");
        (await bench.AdmittedAsync(estimate: Priced)).Dispose();

        await bench.WithAsync(Key, """{"budgets":[{"usd":0.0005,"window":"month","mode":"hard"}]}""");
        using var admitted = await bench.AdmittedAsync(estimate: Priced);

        admitted.OutputCap.Should().Be(49);
    }

    [Fact]
    public async Task The_smallest_of_several_hard_budgets_decides_and_the_others_hold_no_more_than_that()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"budgets":[{"usd":0.0005,"window":"month"},{"tokens":60,"window":"day","mode":"hard"}]}""");
        await bench.WithAsync("key:k1", """{"budgets":[{"usd":1,"window":"day"}]}""");

        using var admitted = await bench.AdmittedAsync(estimate: Priced with { Choices = 2, OutputTokens = 80 });

        admitted.OutputCap.Should().Be(24, "49 tokens for two choices");
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        bench.Subject("key:k1").Reserved("budget/usd/day").Should().Be(10_000 + (48 * 10_000));
        bench.Subject(Key).Reserved("budget/tokens/day").Should().Be(58);
    }

    [Fact]
    public async Task Without_a_known_cap_a_hard_budget_names_max_tokens()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"budgets":[{"usd":1,"window":"month"}]}""");

        var refused = (await bench.AdmitAsync(estimate: Priced with { OutputTokens = null })).Error!;

        (refused.Status, refused.Param).Should().Be((400, "max_tokens"));
        (await bench.AdmitAsync(estimate: new AdmissionEstimate())).Admission.Should().NotBeNull("what costs nothing needs no cap");
    }

    [Fact]
    public async Task The_callers_own_maximum_is_a_cap()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"max_output_tokens":30,"budgets":[{"usd":1,"window":"month"}]}""");

        using var admitted = await bench.AdmittedAsync(estimate: Priced with { OutputTokens = null });

        admitted.OutputCap.Should().Be(30);
        bench.Subject(Key).Reserved("budget/usd/month").Should().Be(310_000);
    }

    [Fact]
    public async Task A_budget_that_pays_for_fewer_than_sixteen_tokens_refuses_and_with_402_only_when_it_is_spent()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"budgets":[{"usd":0.0005,"window":"month"}]}""");
        var running = await bench.AdmittedAsync(estimate: Priced);
        await running.TryTakeAttemptAsync(bench.Route.Candidates[0], default);

        var blocked = (await bench.AdmitAsync(estimate: Priced)).Error!;
        (blocked.Status, blocked.RetryAfter).Should().Be((429, TimeSpan.FromSeconds(1)), "only a reservation is in the way");

        running.Settle(new ActualUse(1, 10, 48, 490_000));
        var spent = (await bench.AdmitAsync(estimate: Priced)).Error!;
        (spent.Status, spent.Code, spent.ShouldRetry, spent.RetryAfter).Should().Be((402, "insufficient_quota", false, null));
        spent.ResetAt.Should().Be(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public async Task Waits_are_those_of_the_grain_whatever_the_time_of_day_is_here(int seconds)
    {
        await using var bench = await new AdmissionBench(clockAhead: TimeSpan.FromSeconds(seconds)).WithAsync(Key, """{"requests_per_minute":1}""");
        (await bench.TryServeAsync()).Should().BeTrue();

        (await bench.AdmitAsync()).Error!.RetryAfter.Should().Be(TimeSpan.FromSeconds(63));
        var headers = new HeaderDictionary();
        RateLimitHeaders.Write(headers, bench.Resolve());
        headers["x-ratelimit-reset-requests"].ToString().Should().Be("1m3s");

        bench.Time.Advance(TimeSpan.FromMilliseconds(50));
        var calls = bench.Subject(Key).Acquires;
        (await bench.AdmitAsync()).Error!.RetryAfter.Should().Be(TimeSpan.FromSeconds(62.95), "what the grain said a moment ago holds still");
        bench.Subject(Key).Acquires.Should().Be(calls);
    }

    [Fact]
    public async Task A_daily_limit_near_its_end_is_used_up_for_longer_than_a_moment_whatever_the_time_of_day_is_here()
    {
        await using var bench = await new AdmissionBench(clockAhead: TimeSpan.FromSeconds(90)).WithAsync(Key, """{"requests_per_day":1}""");
        var midnight = new DateTimeOffset(bench.Time.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        bench.Time.Advance(midnight.AddSeconds(-120) - bench.Time.GetUtcNow());
        bench.Session.Renewed(bench.Time.GetTimestamp());
        (await bench.TryServeAsync()).Should().BeTrue();

        var refused = (await bench.AdmitAsync()).Error!;

        (refused.Status, refused.ResetAt).Should().Be((402, midnight));
    }

    [Fact]
    public async Task A_silo_of_an_older_version_tells_times_only()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":1}""");
        bench.Subject(Key).TellsNoTime = true;
        (await bench.TryServeAsync()).Should().BeTrue();

        (await bench.AdmitAsync()).Error!.RetryAfter.Should().Be(TimeSpan.FromSeconds(63));
    }

    public static TheoryData<RefusalKind, string, double?, int, string, double?, bool?> Refusals => new()
    {
        { RefusalKind.Exhausted, "requests_per_minute", 61.2, 429, "rate_limit_exceeded", 61.2, null },
        { RefusalKind.Exhausted, "requests_per_second", 0.3, 429, "rate_limit_exceeded", 0.3, null },
        { RefusalKind.Exhausted, "requests_per_day", 60, 429, "rate_limit_exceeded", 60, null },
        { RefusalKind.Exhausted, "requests_per_day", 61, 402, "insufficient_quota", null, false },
        { RefusalKind.Exhausted, "tokens_per_day", 5000, 402, "insufficient_quota", null, false },
        { RefusalKind.Reserved, "tokens_per_day", 1, 429, "rate_limit_exceeded", 1, null },
        { RefusalKind.Concurrency, "", null, 429, "rate_limit_exceeded", 1, null },
        { RefusalKind.NeverFits, "tokens_per_day", null, 429, "rate_limit_exceeded", null, false },
        { RefusalKind.Unavailable, "", null, 503, "limits_unavailable", 1, null },
    };

    [Theory, MemberData(nameof(Refusals))]
    public void Each_refusal_has_its_answer(RefusalKind kind, string window, double? wait, int status, string code, double? retryAfter, bool? shouldRetry)
    {
        var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var refusal = new LimitRefusal { Kind = kind, WindowId = window.Length == 0 ? null : window, RetryAt = wait is { } seconds ? now.AddSeconds(seconds) : null };
        var limit = window.Length == 0 ? null : Storage.Limits.LimitNames.Window(window, 5);

        var error = LimitErrors.Of("user:alice", new(Gateway.Api.Admission.Stocks.StockResult.Refused, null, refusal, limit, refusal.RetryAt - now), default);

        (error.Status, error.Code, error.RetryAfter?.TotalSeconds, error.ShouldRetry).Should().Be((status, code, retryAfter, shouldRetry));
        (error.ResetAt is not null).Should().Be(status == 402);
    }

    /// <summary>A hard budget of 1 USD; 16 output tokens cost 0.016 USD.</summary>
    [Theory]
    [InlineData(0, 402)]
    [InlineData(15_000_000, 402)]
    [InlineData(26_000_000, 402)]
    [InlineData(27_000_000, 429)]
    [InlineData(900_000_000, 429)]
    public void A_hard_budget_is_used_up_when_what_is_settled_leaves_no_useful_answer_and_no_hundredth_for_its_input(long left, int status)
    {
        var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var window = new WindowLimit { Id = "budget/usd/month", Unit = LimitUnit.NanoUsd, Window = WindowKind.Month, Limit = 1_000_000_000, IsHard = true, IsBudget = true };
        var refusal = new LimitRefusal { Kind = RefusalKind.Exhausted, WindowId = window.Id, RetryAt = now.AddDays(3), Left = left };
        var large = new AdmissionEstimate { InputTokens = 950_000, InputNanoUsd = 950_000_000, OutputTokens = 100, NanoUsdPerOutputToken = 1_000_000, Choices = 1 };

        var error = LimitErrors.Of("user:alice", new(Gateway.Api.Admission.Stocks.StockResult.Refused, null, refusal, window, refusal.RetryAt - now), large);

        (error.Status, error.ShouldRetry, error.RetryAfter, error.ResetAt).Should().Be((status, false, null, now.AddDays(3)), "waiting a moment helps neither");
        error.Code.Should().Be(status == 402 ? "insufficient_quota" : "rate_limit_exceeded");
    }

    [Fact]
    public async Task Of_two_refusals_the_longer_one_is_told()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":1}""");
        await bench.WithAsync("key:k1", """{"requests_per_day":1}""");
        await bench.TryServeAsync();

        (await bench.AdmitAsync()).Error!.Status.Should().Be(402);
    }

    [Fact]
    public async Task Headers_are_those_of_the_tightest_window()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":10,"requests_per_day":1000,"tokens_per_minute":1000,"budgets":[{"tokens":40,"window":"month","soft_at":0.5}]}""");
        await bench.TryServeAsync();
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        using var admitted = await bench.AdmittedAsync();

        var headers = new HeaderDictionary();
        RateLimitHeaders.Write(headers, bench.Resolve());

        headers["x-ratelimit-limit-requests"].ToString().Should().Be("10");
        headers["x-ratelimit-remaining-requests"].ToString().Should().Be("8");
        headers["x-ratelimit-reset-requests"].ToString().Should().Be("1m3s");
        headers["x-ratelimit-limit-tokens"].ToString().Should().Be("1000");
        headers["x-ratelimit-remaining-tokens"].ToString().Should().Be("950");
        headers["x-gateway-budget-warning"].ToString().Should().Be("user:alice budget/tokens/month 62%");
    }

    [Fact]
    public async Task Of_several_budgets_the_one_that_is_used_most_is_warned_of_as_long_as_it_is()
    {
        await using var bench = await new AdmissionBench().WithAsync(
            Key, """{"budgets":[{"tokens":40,"window":"month","soft_at":0.5},{"tokens":45,"window":"week","soft_at":0.1},{"tokens":26,"window":"day"},{"tokens":1000,"window":{"rolling_hours":5},"soft_at":0.5}]}""");

        (await WarningAsync()).Should().BeEmpty("nothing is used");
        await bench.TryServeAsync();
        (await WarningAsync()).Should().Be("user:alice budget/tokens/month 62%");

        async Task<string> WarningAsync()
        {
            await bench.PassAsync(TimeSpan.FromSeconds(1));
            var headers = new HeaderDictionary();
            RateLimitHeaders.Write(headers, bench.Resolve());
            return headers["x-gateway-budget-warning"].ToString();
        }
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.0174, "18ms")]
    [InlineData(1, "1s")]
    [InlineData(60, "1m0s")]
    [InlineData(359.2, "6m0s")]
    [InlineData(3603, "1h0m3s")]
    [InlineData(90000, "25h0m0s")]
    public void Durations_are_written_as_OpenAI_does(double seconds, string text) => GoDuration.Of(TimeSpan.FromSeconds(seconds)).Should().Be(text);

    [Fact]
    public async Task A_body_beyond_the_callers_limit_is_too_large()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"max_body_bytes":10}""");

        AdmissionController.CheckBody(bench.Resolve(), 10).Should().BeNull();
        AdmissionController.CheckBody(bench.Resolve(), 11)!.Status.Should().Be(413);
    }

    [Fact]
    public async Task With_stock_in_hand_a_request_takes_no_call_and_few_bytes()
    {
        await using var bench = await new AdmissionBench().WithAsync(Key, """{"requests_per_minute":1000000,"tokens_per_minute":1000000000}""");
        var request = bench.Request();
        // With stock in hand both complete at once, and an async method would allocate.
#pragma warning disable VSTHRD002
        void Serve()
        {
            var admitting = bench.Controller.AdmitAsync(request, CancellationToken.None);
            using var admitted = admitting.Result.Admission!;
            var attempt = admitted.TryTakeAttemptAsync(request.Route.Candidates[0], CancellationToken.None);
            attempt.Result.Attempt!.Dispose();
            admitted.Settle(new ActualUse(1, 5, 20, 0));
        }
#pragma warning restore VSTHRD002

        for (var i = 0; i < 2000; i++)
        {
            await bench.TryServeAsync();
        }

        // A second later the node asks for as much in advance.
        await bench.PassAsync(TimeSpan.FromSeconds(1));
        await bench.TryServeAsync();
        var calls = bench.Calls.ByRequests;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 500; i++)
        {
            Serve();
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / 500;
        (bench.Calls.ByRequests - calls).Should().Be(0);
        bytes.Should().BeLessThan(800);
        TestContext.Current.TestOutputHelper?.WriteLine($"{bytes} bytes a request");
    }
}
