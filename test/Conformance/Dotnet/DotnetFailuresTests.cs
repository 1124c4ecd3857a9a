using System.ClientModel;

namespace Gateway.Conformance.Dotnet;

public sealed class DotnetFailuresTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData(StreamCut.Reset)]
    [InlineData(StreamCut.FinInsideChunk)]
    [InlineData(StreamCut.CloseDelimitedEnd)]
    [InlineData(StreamCut.CleanEndWithoutMarker)]
    public async Task A_cut_stream_raises(StreamCut cut)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Cut(cut));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var client = (await DotnetClient.ForAsync(shared.Gateway)).GetChatClient(model);

        var text = "";
        var reading = async () =>
        {
            await foreach (var update in client.CompleteChatStreamingAsync("hi"))
            {
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            }
        };

        // A torn connection, or the event that it tore: what counts is that the loop does not end as if all were well.
        await reading.Should().ThrowAsync<Exception>();
        text.Should().Be(StreamReplies.TextBeforeCut);
    }

    [Fact]
    public async Task A_spent_budget_is_asked_once_and_not_again()
    {
        await using var budget = await SpentBudget.CreateAsync(shared);
        using var counting = new CountingHandler();
        using var http = new HttpClient(counting);
        var client = DotnetClient.At(shared.Gateway.Origin, budget.Key, http, retries: true).GetChatClient(budget.Model);

        var raised = (await client.Invoking(chat => chat.CompleteChatAsync("hi")).Should().ThrowAsync<ClientResultException>()).Which;

        raised.Status.Should().Be(402);
        counting.Requests.Should().Be(1);
    }

    [Theory]
    [InlineData("401", 401)]
    [InlineData("403", 403)]
    [InlineData("404", 404)]
    [InlineData("400", 400)]
    [InlineData("429", 429)]
    public async Task A_refusal_raises_with_its_status(string refusal, int status)
    {
        await using var upstream = ScriptedUpstream.Start(status == 400 ? Replies.Status(400) : Replies.Status(429, ("Retry-After", "1")));
        var model = refusal == "404" ? "no-such-model" : refusal == "403" ? "baseline" : await shared.PublishInOrderAsync(upstream.Url);
        var key = refusal switch
        {
            "401" => "gw-wrong",
            "403" => (await shared.Gateway.CreateKeyAsync(new JsonObject { ["name"] = "narrow", ["models"] = new JsonArray("other") }))["key"]!.GetValue<string>(),
            _ => null,
        };
        var client = (await DotnetClient.ForAsync(shared.Gateway, key)).GetChatClient(model);

        var raised = (await client.Invoking(chat => chat.CompleteChatAsync("hi")).Should().ThrowAsync<ClientResultException>()).Which;

        raised.Status.Should().Be(status);
    }

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
