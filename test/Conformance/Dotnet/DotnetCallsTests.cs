using OpenAI.Chat;

namespace Gateway.Conformance.Dotnet;

public sealed class DotnetCallsTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Fact]
    public async Task Chat_answers_with_text_and_usage()
    {
        var client = (await DotnetClient.ForAsync(shared.Gateway)).GetChatClient("baseline");

        var answer = (await client.CompleteChatAsync("hi")).Value;

        answer.Content[0].Text.Should().Be("Hello!");
        answer.Usage.TotalTokenCount.Should().Be(25);
        answer.FinishReason.Should().Be(ChatFinishReason.Stop);
    }

    [Fact]
    public async Task A_stream_arrives_whole()
    {
        var client = (await DotnetClient.ForAsync(shared.Gateway)).GetChatClient("baseline");
        var text = "";
        ChatTokenUsage? usage = null;

        await foreach (var update in client.CompleteChatStreamingAsync("hi"))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        text.Should().Be("Hello!");
        usage!.TotalTokenCount.Should().Be(25, "the package asks for usage, so its chunk must stay");
    }

    [Fact]
    public async Task Tools_pass_through()
    {
        await using var upstream = ScriptedUpstream.Start(exchange => Replies.Json(200, OpenAiBodies.ToolCall(exchange.Request.Model!))(exchange));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var client = (await DotnetClient.ForAsync(shared.Gateway)).GetChatClient(model);
        var options = new ChatCompletionOptions();
        options.Tools.Add(ChatTool.CreateFunctionTool("weather", "the weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""")));

        var answer = (await client.CompleteChatAsync([new UserChatMessage("Paris?")], options)).Value;

        answer.FinishReason.Should().Be(ChatFinishReason.ToolCalls);
        answer.ToolCalls.Single().FunctionName.Should().Be("weather");
        answer.ToolCalls.Single().FunctionArguments.ToString().Should().Be("""{"city":"Paris"}""");
        upstream.Requests.Single().Property("tools")!.Value[0].GetProperty("function").GetProperty("name").GetString().Should().Be("weather");
    }

    [Fact]
    public async Task Embeddings_arrive()
    {
        // The package asks for base64 and reads what it gets; the scripted upstream answers with that encoding.
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200,
            $$$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":"{{{Convert.ToBase64String(BitConverter.GetBytes(0.25f))}}}"}],"model":"m","usage":{"prompt_tokens":3,"total_tokens":3}}"""));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var client = (await DotnetClient.ForAsync(shared.Gateway)).GetEmbeddingClient(model);

        (await client.GenerateEmbeddingAsync("hi")).Value.ToFloats().ToArray().Should().Equal(0.25f);
    }

    [Fact]
    public async Task The_models_list_is_read()
    {
        var models = (await DotnetClient.ForAsync(shared.Gateway)).GetOpenAIModelClient();

        (await models.GetModelsAsync()).Value.Should().Contain(model => model.Id == "baseline");
        (await models.GetModelAsync("baseline")).Value.Id.Should().Be("baseline");
    }
}
