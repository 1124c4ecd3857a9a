namespace Gateway.Conformance.Node;

[Trait("needs", "node")]
public sealed class NodeCallsTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Fact]
    public async Task Chat_answers_with_text_usage_and_a_request_id()
    {
        var seen = await NodeClient.RunAsync(shared.Gateway, "chat", "baseline");

        seen["text"]!.GetValue<string>().Should().Be("Hello!", seen.ToJsonString());
        seen["total"]!.GetValue<int>().Should().Be(25);
        seen["requestId"]!.GetValue<string>().Should().NotBeEmpty();
    }

    [Fact]
    public async Task A_stream_arrives_whole() =>
        (await NodeClient.RunAsync(shared.Gateway, "stream", "baseline")).ToJsonString().Should().Be("""{"text":"Hello!"}""");

    [Fact]
    public async Task Tools_pass_through()
    {
        await using var upstream = ScriptedUpstream.Start(exchange => Replies.Json(200, OpenAiBodies.ToolCall(exchange.Request.Model!))(exchange));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        (await NodeClient.RunAsync(shared.Gateway, "tools", model)).ToJsonString().Should().Be("""{"name":"weather","reason":"tool_calls"}""");
    }

    [Fact]
    public async Task Embeddings_arrive() =>
        (await NodeClient.RunAsync(shared.Gateway, "embeddings", "baseline")).ToJsonString().Should().Be("""{"embedding":[0.25,-0.5,1]}""");

    [Fact]
    public async Task The_responses_API_works_unary_and_streamed()
    {
        (await NodeClient.RunAsync(shared.Gateway, "responses", "baseline")).ToJsonString().Should().Be("""{"text":"Hello!"}""");
        (await NodeClient.RunAsync(shared.Gateway, "responsesStream", "baseline")).ToJsonString().Should()
            .Be("""{"types":["response.created","response.output_text.delta","response.completed"]}""");
    }

    [Fact]
    public async Task The_models_list_is_read()
    {
        var seen = await NodeClient.RunAsync(shared.Gateway, "models", "baseline");

        seen["ids"]!.AsArray().Select(id => id!.GetValue<string>()).Should().Contain("baseline");
        seen["one"]!.GetValue<string>().Should().Be("baseline");
    }
}
