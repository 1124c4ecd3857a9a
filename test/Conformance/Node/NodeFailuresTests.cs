namespace Gateway.Conformance.Node;

[Trait("needs", "node")]
public sealed class NodeFailuresTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData(StreamCut.Reset)]
    [InlineData(StreamCut.FinInsideChunk)]
    [InlineData(StreamCut.CloseDelimitedEnd)]
    [InlineData(StreamCut.CleanEndWithoutMarker)]
    public async Task A_cut_stream_raises_with_our_message(StreamCut cut)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Cut(cut));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        var seen = await NodeClient.RunAsync(shared.Gateway, "stream", model);

        seen["raised"]!.GetValue<string>().Should().Be("APIError", seen.ToJsonString());
        seen["message"]!.GetValue<string>().Should().NotBe("terminated");
    }

    [Fact]
    public async Task A_wrong_key_is_an_authentication_error() =>
        Expect("AuthenticationError", 401, "invalid_api_key", await NodeClient.RunAsync(shared.Gateway, "chat", "baseline", "gw-wrong"));

    [Fact]
    public async Task A_model_that_is_not_allowed_is_a_permission_error()
    {
        var narrow = await shared.Gateway.CreateKeyAsync(new JsonObject { ["name"] = "narrow", ["models"] = new JsonArray("other") });

        Expect("PermissionDeniedError", 403, "model_not_allowed", await NodeClient.RunAsync(shared.Gateway, "chat", "baseline", narrow["key"]!.GetValue<string>()));
    }

    [Fact]
    public async Task An_unknown_model_is_a_not_found_error() =>
        Expect("NotFoundError", 404, "model_not_found", await NodeClient.RunAsync(shared.Gateway, "chat", "no-such-model"));

    [Theory]
    [InlineData("chat")]
    [InlineData("stream")]
    [InlineData("responses")]
    public async Task A_spent_budget_is_asked_once_and_not_again(string scenario)
    {
        await using var budget = await SpentBudget.CreateAsync(shared);

        var seen = await NodeClient.RunAsync(shared.Gateway, scenario, budget.Model, budget.Key, retries: true);

        Expect("APIError", 402, "insufficient_quota", seen);
        seen["tries"]!.GetValue<int>().Should().Be(1, "who does not try again does not wait either");
        budget.Upstream.Requests.Should().ContainSingle("nothing more went to the provider");
    }

    [Fact]
    public async Task A_provider_that_is_busy_is_a_rate_limit_error()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "1")));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        (await NodeClient.RunAsync(shared.Gateway, "chat", model))["raised"]!.GetValue<string>().Should().Be("RateLimitError");
    }

    [Fact]
    public async Task A_mistake_of_the_caller_is_a_bad_request_error()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(400));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        Expect("BadRequestError", 400, "upstream_said_no", await NodeClient.RunAsync(shared.Gateway, "chat", model));
    }

    private static void Expect(string raised, int status, string code, JsonNode seen)
    {
        seen["raised"]?.GetValue<string>().Should().Be(raised, seen.ToJsonString());
        seen["status"]!.GetValue<int>().Should().Be(status);
        seen["code"]!.GetValue<string>().Should().Be(code);
    }
}
