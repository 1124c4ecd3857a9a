using System.Collections.Immutable;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Silo.Settings.Prices;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Usage.Accounting;

/// <summary>What is written down of requests on their way through the real front-end.</summary>
public sealed class RequestAccountTests
{
    [Fact]
    public async Task An_answer_is_written_down_with_its_usage_and_cost_before_the_caller_has_it()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, """{"id":"c","object":"chat.completion","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4,"total_tokens":14}}"""));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();
        (await response.TextAsync()).Should().Contain("usage");

        var (intent, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        intent.Id.ToString().Should().Be(response.Headers.GetValues("x-gateway-request-id").Single());
        intent.User.Should().Be("user:local/alice");
        outcome.Status.Should().Be(200);
        outcome.Usage!.Input.Should().Be(10);
        outcome.Usage.Output.Should().Be(4);
        outcome.CostNanoUsd.Should().Be(18_000, "a million tokens of input cost 1 USD, of output 2");
        outcome.IsPartial.Should().BeFalse();
        outcome.Attempts.Should().ContainSingle().Which.Failure.Should().BeNull();
        gateway.Journal.Open.Should().BeEmpty();
    }

    [Fact]
    public async Task The_end_user_that_a_key_with_the_right_to_names_is_written_down_and_the_header_stays_here()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        var caller = gateway.Authenticator.Caller;
        var body = Calls.ChatBody().Replace("{\"model\"", "{\"user\":\"u-7\",\"model\"", StringComparison.Ordinal);

        foreach (var (isAllowed, header) in new[] { (false, "ann"), (true, "ann"), (true, null) })
        {
            gateway.Authenticator.Caller = new() { User = caller.User, Id = caller.Id, Username = caller.Username, Name = caller.Name, AuthService = caller.AuthService, ActsOnBehalfOfOthers = isAllowed };
            using var response = await gateway.PostAsync(Calls.ChatPath, body, header is null ? [] : [("x-gateway-end-user", header)]);
            (await response.TextAsync()).Should().Contain("choices");
        }

        gateway.Journal.Completed.Select(record => record.Intent.EndUser).Should().Equal(null, "ann", "u-7");
        upstream.Requests.Should().OnlyContain(request => request.BodyText == body && request["x-gateway-end-user"] == null);
    }

    [Theory]
    [InlineData("x-gateway-end-user", "")]
    [InlineData("user", null)]
    public async Task A_wrong_name_is_refused_instead_of_written_down_as_nobody(string param, string? header)
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        gateway.Authenticator.Caller = new() { Key = "key:k", Id = "k", Username = "k", Name = "k", AuthService = "gateway", ActsOnBehalfOfOthers = true };
        var body = Calls.ChatBody().Replace("{\"model\"", "{\"user\":{},\"model\"", StringComparison.Ordinal);

        using var response = await gateway.PostAsync(Calls.ChatPath, body, header is null ? [] : [("x-gateway-end-user", header)]);

        (await response.ErrorAsync()).GetProperty("param").GetString().Should().Be(param);
        response.StatusCode.Should().Be(System.Net.HttpStatusCode.BadRequest);
        upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_failover_is_one_record_with_both_attempts()
    {
        await using var bad = ScriptedUpstream.Start(Replies.Json(500, "{}"));
        await using var good = ScriptedUpstream.Start(Replies.Json(200, """{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}"""));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(bad, good));

        using var response = await gateway.ChatAsync();

        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        outcome.Attempts.Should().HaveCount(2);
        outcome.Attempts[0].Status.Should().Be(500);
        outcome.Attempts[0].Failure.Should().NotBeNullOrEmpty();
        outcome.Attempts[1].Failure.Should().BeNull();
        outcome.Usage!.Input.Should().Be(3);
    }

    public static TheoryData<string, UpstreamReply, bool> ChargedFailures() => new()
    {
        { "an error status", Replies.Json(500, """{"error":{"message":"late"},"usage":{"prompt_tokens":100,"completion_tokens":50}}"""), false },
        { "an error in a 200", Replies.Json(200, """{"error":{"message":"late"},"usage":{"prompt_tokens":100,"completion_tokens":50}}"""), false },
        { "a cut answer", CutAfter("""{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":50},"more":"""), false },
        { "an error as a stream's first event", StreamReplies.Events("data: {\"error\":{\"message\":\"late\"},\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":50}}\n\n"), true },
    };

    [Theory]
    [MemberData(nameof(ChargedFailures))]
    public async Task What_a_failed_attempt_used_by_its_provider_s_count_stands_with_it_and_the_caller_pays_for_the_answer(string cause, UpstreamReply failure, bool stream)
    {
        await using var bad = ScriptedUpstream.Start(failure);
        await using var good = ScriptedUpstream.Start(stream
            ? StreamReplies.Events(OpenAiBodies.Delta("Hi"), OpenAiBodies.Finish(), OpenAiBodies.UsageChunk(), OpenAiBodies.Done)
            : Replies.Json(200, OpenAiBodies.Chat("m")));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(bad, good));

        using var response = await gateway.ChatAsync(stream);
        (await response.TextAsync()).Should().Contain("stop", cause);

        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        outcome.Attempts.Should().HaveCount(2);
        (outcome.Attempts[0].Usage!.Input, outcome.Attempts[0].Usage!.Output, outcome.Attempts[0].CostNanoUsd).Should().Be((100, 50, 200_000));
        outcome.Attempts[0].Usage!.IsEstimated.Should().BeFalse();
        (outcome.Usage!.Input, outcome.Usage.Output, outcome.CostNanoUsd).Should().Be((10, 15, 40_000));
        outcome.IsEstimated.Should().BeFalse();
        outcome.IsPartial.Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(ChargedFailures))]
    public async Task Where_no_attempt_answered_the_one_that_its_provider_charges_for_is_paid(string cause, UpstreamReply failure, bool stream)
    {
        await using var charged = ScriptedUpstream.Start(failure);
        await using var broken = ScriptedUpstream.Start(Replies.Close());
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(charged, broken));

        using var response = await gateway.ChatAsync(stream);

        ((int)response.StatusCode).Should().BeGreaterThanOrEqualTo(500, cause);
        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        (outcome.Usage!.Input, outcome.Usage.Output, outcome.CostNanoUsd).Should().Be((100, 50, 200_000));
        outcome.IsEstimated.Should().BeFalse("the provider told it");
        outcome.Attempts[^1].Usage.Should().BeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_breaks_off_at_its_beginning_is_estimated_as_one_that_is_cut_later(bool followed)
    {
        await using var cut = ScriptedUpstream.Start(CutAfter($$"""{"choices":[{"index":0,"message":{"role":"assistant","content":"{{new string('x', 4_000)}}"""));
        await using var broken = ScriptedUpstream.Start(Replies.Close());
        await using var gateway = await TestGateway.StartAsync(followed ? Entries.InOrder(cut, broken) : [Entries.At(cut)]);

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(System.Net.HttpStatusCode.BadGateway);
        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        outcome.Usage!.Output.Should().BeInRange(1_000, 1_050, "the provider has made that much");
        outcome.Usage.Input.Should().BePositive();
        (outcome.IsEstimated, outcome.IsPartial).Should().Be((true, true));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_input_that_nobody_counted_is_not_estimated_beyond_its_bound(bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(stream ? StreamReplies.Events(OpenAiBodies.Delta("Hi"), OpenAiBodies.Finish(), OpenAiBodies.Done) : Replies.Json(200, """{"choices":[]}"""));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream) with { ContextWindow = 1_000, MaxOutputTokens = 100 });

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(stream: stream).Replace("{\"model\"", $"{{\"picture\":\"{new string('x', 100_000)}\",\"model\"", StringComparison.Ordinal));

        response.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        await response.TextAsync();
        gateway.Journal.Completed.Should().ContainSingle().Which.Outcome.Usage!.Input.Should().Be(1_000);
    }

    [Fact]
    public async Task An_answer_without_usage_is_not_estimated_beyond_its_cap()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, $$"""{"choices":[{"index":0,"message":{"role":"assistant","content":"{{new string('x', 4_000)}}"},"finish_reason":"length"}]}"""));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody().Replace("{\"model\"", "{\"max_tokens\":20,\"n\":2,\"model\"", StringComparison.Ordinal));

        response.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        outcome.Usage!.Output.Should().Be(40);
        outcome.IsEstimated.Should().BeTrue();
    }

    [Fact]
    public async Task A_request_that_every_upstream_failed_is_written_down_without_usage()
    {
        await using var bad = ScriptedUpstream.Start(Replies.Json(500, "{}"));
        await using var gateway = await TestGateway.StartAsync(Entries.At(bad));

        using var response = await gateway.ChatAsync();

        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        outcome.Status.Should().Be((int)response.StatusCode);
        outcome.Usage.Should().BeNull();
        outcome.CostNanoUsd.Should().Be(0);
    }

    [Fact]
    public async Task A_caller_who_hangs_up_on_a_working_upstream_pays_what_was_reserved()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Hang());
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, Calls.ChatPath) { Content = new StringContent(Calls.ChatBody(), System.Text.Encoding.UTF8, "application/json") };

        var call = gateway.Client.SendAsync(request, patience.Token);
        await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the upstream works");
        await patience.CancelAsync();
        await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>();

        await Eventually.TrueAsync(() => gateway.Journal.Completed.Count == 1, "the outcome is written");
        var (intent, outcome) = gateway.Journal.Completed.Single();
        outcome.Status.Should().Be(0);
        outcome.IsPartial.Should().BeTrue();
        outcome.IsEstimated.Should().BeTrue();
        outcome.Usage.Should().Be(intent.Reserved);
        outcome.CostNanoUsd.Should().Be(intent.ReservedNanoUsd).And.BePositive();
    }

    [Fact]
    public async Task An_attempt_that_holds_units_of_an_account_is_written_down_before_it_is_sent()
    {
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var slow = ScriptedUpstream.Start(Replies.Hang());
        await using var gateway = await TestGateway.StartAsync(
            TimeProvider.System,
            new Routing.Fakes.FakeCluster(TimeProvider.System).Grains,
            Entries.At(bad, "a") with { Limits = new AccountLimits { RequestsPerMinute = 9 } },
            Entries.At(slow, "b", priority: 1) with { Limits = new AccountLimits { RequestsPerMinute = 9 }, Prices = new TokenPrices { Input = 100, Output = 200 } });

        var call = gateway.ChatAsync();
        await Eventually.TrueAsync(() => slow.Requests.Count == 1, "the second upstream works");

        var intent = gateway.Journal.Open.Should().ContainSingle().Which;
        (intent.Endpoint, intent.EarlierAttempts).Should().Be(("b", 1));
        intent.Charges.Select(charge => (charge.Subject, charge.Amount)).Should().BeEquivalentTo([("account:account-a", 1L), ("account:account-b", 1L)]);
        intent.ReservedNanoUsd.Should().Be((100_000 * intent.Reserved!.Input) + (200_000 * intent.Reserved.Output));
    }

    [Fact]
    public async Task A_second_attempt_that_cannot_be_written_down_is_not_made()
    {
        var answer = new TaskCompletionSource();
        await using var bad = ScriptedUpstream.Start(Replies.When(answer.Task, Replies.Status(500)));
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            TimeProvider.System, new Routing.Fakes.FakeCluster(TimeProvider.System).Grains, Entries.At(bad, "a"), Entries.At(good, "b", priority: 1) with { Limits = new AccountLimits { RequestsPerMinute = 9 } });
        var call = gateway.ChatAsync();
        await Eventually.TrueAsync(() => bad.Requests.Count == 1, "the first upstream has it");

        gateway.Journal.Refuses = true;
        answer.SetResult();

        using var response = await call;
        ((int)response.StatusCode, await response.ErrorCodeAsync()).Should().Be((503, "journal_unavailable"));
        good.Requests.Should().BeEmpty();
        gateway.Journal.Completed.Should().ContainSingle();
    }

    [Theory]
    [InlineData("shared")]
    [InlineData("own")]
    public async Task A_failover_within_an_account_goes_on_with_its_permit_although_others_wait_for_one(string limitGroup)
    {
        var answer = new TaskCompletionSource();
        await using var bad = ScriptedUpstream.Start(Replies.When(answer.Task, Replies.Status(500)));
        await using var good = ScriptedUpstream.Start();
        var limits = new AccountLimits { Concurrency = 1 };
        await using var gateway = await TestGateway.StartAsync(
            TimeProvider.System,
            new Routing.Fakes.FakeCluster(TimeProvider.System).Grains,
            Entries.At(bad, "a") with { Limits = limits, LimitGroup = "shared" },
            Entries.At(good, "b", priority: 1) with { Limits = limitGroup == "shared" ? limits : null, LimitGroup = limitGroup });
        var first = gateway.ChatAsync();
        await Eventually.TrueAsync(() => bad.Requests.Count == 1, "the first upstream has it");
        var others = limitGroup == "shared" ? Enumerable.Range(0, 3).Select(_ => gateway.ChatAsync()).ToArray() : [];
        await Eventually.TrueAsync(() => gateway.InFlight.Count == 1 + others.Length, "the others have come");

        // Until they stand in the queue.
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        answer.SetResult();

        using var response = await first;
        ((int)response.StatusCode).Should().Be(200, await response.TextAsync());
        foreach (var other in others)
        {
            using var also = await other;
            ((int)also.StatusCode).Should().Be(200);
        }
    }

    [Fact]
    public async Task What_is_written_down_for_the_case_of_a_crash_is_the_money_that_is_reserved()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Hang());
        await using var gateway = await TestGateway.StartAsync(
            TimeProvider.System, new Routing.Fakes.FakeCluster(TimeProvider.System).Grains, Entries.At(upstream) with { Prices = new TokenPrices { Input = 3, CacheWrite = 3.75m, Output = 15 } });
        await gateway.LimitAsync("user:local/alice", """{"budgets":[{"usd":1,"window":"month","mode":"hard"}]}""");

        var call = gateway.PostAsync(Calls.ChatPath, """{"model":"m","max_tokens":100,"messages":[]}""");
        await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the upstream works");

        var intent = gateway.Journal.Open.Should().ContainSingle().Which;
        intent.ReservedNanoUsd.Should().Be(intent.Charges.Single(charge => charge.WindowId == "budget/usd/month").Amount).And.BePositive();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_document_in_answer_to_a_stream_is_written_down_before_the_caller_has_its_last_byte(bool hasLength)
    {
        const string Document = """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4}}""";
        await using var upstream = ScriptedUpstream.Start(hasLength ? Replies.Json(200, Document) : async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
            await exchange.WriteChunkAsync(System.Text.Encoding.UTF8.GetBytes(Document));
            await exchange.WriteAsync("0\r\n\r\n"u8.ToArray());
        });
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        using var arrived = new ManualResetEventSlim();
        var wasLate = false;
        gateway.Journal.Completing = () => wasLate |= arrived.Wait(TimeSpan.FromMilliseconds(300));

        using var response = await gateway.ChatAsync(stream: true);
        (await response.TextAsync()).Should().Be(Document);
        arrived.Set();

        wasLate.Should().BeFalse("the caller had all of it before");
        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        (outcome.Status, outcome.Usage!.Input, outcome.IsPartial).Should().Be((200, 10, false));
    }

    [Fact]
    public async Task A_price_that_rises_meanwhile_is_for_the_requests_that_come_after()
    {
        var answer = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(Replies.When(answer.Task, Replies.Json(200, """{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4}}""")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        gateway.Publish([Entries.At(upstream) with { Prices = null }], []);
        gateway.Prices.Document = Prices(input: 1, output: 2);
        var call = gateway.ChatAsync();
        await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the upstream works");

        gateway.Prices.Document = Prices(input: 10, output: 20);
        answer.SetResult();
        using var first = await call;
        using var second = await gateway.ChatAsync();

        gateway.Journal.Completed.Select(record => record.Outcome.CostNanoUsd).Should().Equal(18_000, 180_000);
        gateway.Journal.Completed.Should().OnlyContain(record => record.Outcome.PriceVersion == record.Intent.PriceVersion);

        static PriceDocument Prices(int input, int output)
        {
            PriceDocumentParser.TryParse($$"""{ "models": { "m": { "input": {{input}}, "output": {{output}} } } }""", out var document, out var problem).Should().BeTrue(problem);
            return document!;
        }
    }

    [Fact]
    public async Task An_estimate_is_not_of_more_than_the_entry_s_own_provider_was_told()
    {
        var text = string.Concat(Enumerable.Repeat("\\u4e2d", 4_000));
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, $$$"""{"choices":[{"message":{"role":"assistant","content":"{{{text}}}"}}]}"""));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            TimeProvider.System, new Routing.Fakes.FakeCluster(TimeProvider.System).Grains, Entries.At(upstream, "a") with { MaxOutputTokens = 1_000 }, Entries.At(other, "b", priority: 1) with { MaxOutputTokens = 8_000 });
        await gateway.LimitAsync("user:local/alice", """{"budgets":[{"usd":1,"window":"month","mode":"hard"}]}""");

        using var response = await gateway.ChatAsync();

        upstream.Requests.Should().ContainSingle().Which.BodyText.Should().Contain("\"max_completion_tokens\":1000");
        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        (outcome.Usage!.Output, outcome.IsEstimated).Should().Be((1_000, true));
    }

    [Theory]
    [InlineData("b", "b2")]
    [InlineData("a", "a2")]
    public async Task Without_an_answer_the_record_names_entry_model_and_prices_of_the_attempt_that_is_paid(string working, string refusing)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Hang());
        var prices = new Dictionary<string, TokenPrices>
        {
            [working] = new() { Input = 1, Output = 2 },
            [refusing] = new() { Input = 30, Output = 40 },
        };
        await using var gateway = await TestGateway.StartAsync(
            Entries.At(upstream, working, priority: 1).WithTimeouts(firstByte: 0.2) with { Prices = prices[working], Aliases = Alias("working-model") },
            Entries.At($"http://127.0.0.1:{FreePort.Next()}/v1", refusing, priority: working == "b" ? 0 : 2) with { Prices = prices[refusing], Aliases = Alias("refusing-model") });

        using var response = await gateway.ChatAsync(stream: true);

        ((int)response.StatusCode).Should().BeGreaterThanOrEqualTo(500);
        var (intent, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        outcome.Attempts.Should().HaveCount(2);
        outcome.Endpoint.Should().Be(working);
        outcome.ServedModel.Should().Be("working-model");
        outcome.Usage.Should().Be(intent.Reserved);
        outcome.CostNanoUsd.Should().Be((outcome.Usage!.Input * 1_000) + (outcome.Usage.Output * 2_000));
        outcome.PriceVersion.Should().Be(Gateway.Api.Usage.Pricing.EntryPrice.Of(prices[working], working).Version);
    }

    [Fact]
    public async Task Nothing_is_reserved_that_is_no_count_of_an_answer()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"""));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        var prompts = string.Join(',', Enumerable.Repeat("\"p\"", 2_000));

        using var response = await gateway.PostAsync("/v1/completions", $$"""{"model":"m","max_tokens":1000000000,"n":1024,"prompt":[{{prompts}}]}""");

        var (intent, _) = gateway.Journal.Completed.Should().ContainSingle().Which;
        intent.Reserved!.Output.Should().Be(Gateway.Api.Usage.Metering.UsageCounts.Largest, "2,000 prompts × 1,024 answers × 1,024 tokens are guessed");
        intent.ReservedNanoUsd.Should().BeInRange(1, Gateway.Api.Usage.Pricing.CostCalculator.Largest);
    }

    [Fact]
    public async Task Who_cannot_be_connected_to_has_used_nothing()
    {
        await using var gateway = await TestGateway.StartAsync(Entries.At($"http://127.0.0.1:{FreePort.Next()}/v1"));

        using var response = await gateway.ChatAsync();

        var (_, outcome) = gateway.Journal.Completed.Should().ContainSingle().Which;
        outcome.Usage.Should().BeNull();
        outcome.IsEstimated.Should().BeFalse();
    }

    [Fact]
    public async Task Nothing_is_sent_while_nothing_can_be_written_down()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        gateway.Journal.Refuses = true;

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(System.Net.HttpStatusCode.ServiceUnavailable);
        (await response.TextAsync()).Should().Contain("journal_unavailable");
        upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task What_is_refused_before_an_upstream_is_no_record()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync(Calls.ChatPath, """{"model":"unknown","messages":[]}""");

        gateway.Journal.Completed.Should().BeEmpty();
        gateway.Journal.Open.Should().BeEmpty();
    }

    private static ImmutableDictionary<string, string> Alias(string upstreamName) => ImmutableDictionary<string, string>.Empty.Add(Entries.Model, upstreamName);

    private static UpstreamReply CutAfter(string beginning) => async exchange =>
    {
        await exchange.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {beginning.Length + 100}\r\n\r\n{beginning}");
        exchange.Finish();
    };

    [Fact]
    public void Every_cause_of_failure_has_a_name_of_its_own() =>
        Enum.GetValues<UpstreamFailure>().Select(Gateway.Api.Usage.Accounting.FailureNames.Of).Should().OnlyHaveUniqueItems().And.Contain("connect_timeout");
}
