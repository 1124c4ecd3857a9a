using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gateway.Api.Tests.Streaming;

/// <summary>What OpenAI's own client makes of our streams: it ignores error events and raises only when the transport breaks off.</summary>
public sealed class OpenAiClientTests
{
    private static string Delta(string content) =>
        $$$"""data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"{{{content}}}"},"finish_reason":null}]}""" + "\n\n";

    private const string Finish = """data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n";
    private const string Done = "data: [DONE]\n\n";

    [Fact]
    public async Task A_whole_stream_is_read()
    {
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, Delta("Hel") + Delta("lo") + Finish + Done);
        await using var host = await StreamHost.StartAsync(upstream);

        (await ChatAsync(host, _ => { })).Should().Be("Hello");
    }

    [Theory]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.FinInsideAChunk)]
    [InlineData(Cut.FinOfACloseDelimitedBody)]
    [InlineData(Cut.CleanEndWithoutMarker)]
    public async Task A_cut_stream_raises(Cut cut)
    {
        var received = new TaskCompletionSource();
        await using var upstream = Cuts.Upstream(cut, Delta("Hel"), received.Task);
        await using var host = await StreamHost.StartAsync(upstream);

        var reading = async () => await ChatAsync(host, text => received.TrySetResult());

        (await reading.Should().ThrowAsync<IOException>()).WithMessage("*ended prematurely*");
        received.Task.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Fact]
    public async Task An_error_of_the_upstream_in_the_stream_raises()
    {
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, Delta("Hel") + "data: {\"error\":{\"message\":\"x\"}}\n\n" + Done);
        await using var host = await StreamHost.StartAsync(upstream);

        var reading = async () => await ChatAsync(host, _ => { });

        await reading.Should().ThrowAsync<IOException>();
    }

#pragma warning disable OPENAI001 // The client calls its Responses part experimental.
    [Theory]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.FinInsideAChunk)]
    [InlineData(Cut.FinOfACloseDelimitedBody)]
    [InlineData(Cut.CleanEndWithoutMarker)]
    public async Task A_cut_response_raises_and_tells_the_error(Cut cut)
    {
        const string TextDelta = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":1,\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hel\"}\n\n";
        var received = new TaskCompletionSource();
        await using var upstream = Cuts.Upstream(cut, TextDelta, received.Task);
        await using var host = await StreamHost.StartAsync(upstream);
        var client = new ResponsesClient(new ApiKeyCredential("k"), new ResponsesClientOptions { Endpoint = new Uri(host.Uri, "v1") });
        var updates = new List<StreamingResponseUpdate>();

        var reading = async () =>
        {
            await foreach (var update in await client.CreateResponseStreamingAsync("m", "hi", cancellationToken: TestContext.Current.CancellationToken))
            {
                updates.Add(update);
                received.TrySetResult();
            }
        };

        await reading.Should().ThrowAsync<IOException>();
        updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Should().ContainSingle();
        updates.OfType<StreamingResponseErrorUpdate>().Should().ContainSingle().Which.Code.Should().Be("stream_cut");
    }
#pragma warning restore OPENAI001

    private static async Task<string> ChatAsync(StreamHost host, Action<string> onText)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(host.Uri, "v1"), RetryPolicy = new ClientRetryPolicy(0) };
        var client = new ChatClient("m", new ApiKeyCredential("k"), options);
        var text = "";
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("hi")], cancellationToken: TestContext.Current.CancellationToken))
        {
            foreach (var part in update.ContentUpdate)
            {
                text += part.Text;
                onText(text);
            }
        }

        return text;
    }
}
