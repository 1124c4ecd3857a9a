using System.Text;
using Gateway.Process.Rigs;

namespace Gateway.Process.Entrances;

public sealed class NginxStreamTests(GatewayBehindNginx shared) : IClassFixture<GatewayBehindNginx>
{
    // With the end of the chunk before it: a header may end with a 0 as well.
    private const string LastChunk = "\r\n0\r\n\r\n";

    [Theory]
    [InlineData(StreamCut.Reset)]
    [InlineData(StreamCut.FinInsideChunk)]
    [InlineData(StreamCut.CloseDelimitedEnd)]
    [InlineData(StreamCut.CleanEndWithoutMarker)]
    public async Task A_cut_stream_is_still_cut_behind_it(StreamCut cut)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Cut(cut));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var key = await shared.Gateway.CallerKeyAsync();
        var nginx = await shared.NginxAsync();

        var raw = await RawCaller.ExchangeAsync(nginx.Port, RawCaller.Post("/v1/chat/completions", Callers.ChatBody(model, stream: true), key));

        raw.Should().StartWith("HTTP/1.1 200 ").And.Contain("Transfer-Encoding: chunked").And.Contain(OpenAiBodies.Delta("lo"));
        raw.Should().Contain("data: {\"error\":").And.NotContain("[DONE]");
        raw.Should().NotEndWith(LastChunk, "that is how a whole answer ends");

        using var client = await shared.ClientAsync();
        await using var reading = await StreamReading.OpenAsync(client, key, model);
        (await reading.ToEndAsync()).Should().NotBeNull("a clean end would pass for a whole answer; received: {0}", reading.Text);
    }

    [Fact]
    public async Task A_whole_stream_ends_as_one_and_the_connection_goes_on()
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Chat("Hi"));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var nginx = await shared.NginxAsync();
        var key = await shared.Gateway.CallerKeyAsync();
        var stream = RawCaller.Post("/v1/chat/completions", Callers.ChatBody(model, stream: true), key);

        var raw = await RawCaller.ExchangeAsync(nginx.Port, stream + RawCaller.Get("/v1/models", key));

        var answers = raw.Split(LastChunk, 2);
        answers[0].Should().StartWith("HTTP/1.1 200 ").And.Contain("data: [DONE]");
        answers[1].Should().StartWith("HTTP/1.1 200 ").And.Contain("\"data\"");
    }

    [Fact]
    public async Task Every_event_comes_at_once_and_as_it_is_also_for_a_client_that_takes_gzip()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        var model = await shared.PublishInOrderAsync(upstream.Url);
        using var client = await shared.ClientAsync();
        client.DefaultRequestHeaders.AcceptEncoding.ParseAdd("gzip, br");
        live.Head().Send(OpenAiBodies.Delta("first"));

        await using var reading = await StreamReading.OpenAsync(client, await shared.Gateway.CallerKeyAsync(), model);
        await reading.UntilAsync(text => text.Contains("first", StringComparison.Ordinal), "the first event");
        for (var number = 0; number < 20; number++)
        {
            live.Send(OpenAiBodies.Delta($"event-{number}"));
            await reading.UntilAsync(text => text.Contains($"event-{number}\"", StringComparison.Ordinal), $"event {number}");
        }

        live.Send(OpenAiBodies.Finish()).Send(OpenAiBodies.Done).End();
        (await reading.ToEndAsync()).Should().BeNull();
        reading.Response.Content.Headers.ContentEncoding.Should().BeEmpty();
        reading.Response.Header("X-Accel-Buffering").Should().Be("no", "the next proxy must not hold the stream back either");
        reading.Response.Header("Cache-Control").Should().Be("no-cache, no-transform");
    }

    [Fact]
    public async Task A_stream_that_the_caller_leaves_is_closed_upstream()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        var model = await shared.PublishInOrderAsync(upstream.Url);
        using var client = await shared.ClientAsync();
        live.Head().Send(OpenAiBodies.Delta("Hel"));
        var reading = await StreamReading.OpenAsync(client, await shared.Gateway.CallerKeyAsync(), model);
        await reading.UntilAsync(text => text.Contains("Hel", StringComparison.Ordinal), "the first event");

        await reading.DisposeAsync();

        await (await live.Started).ClientClosed.WaitAsync(Eventually.DefaultBound);
    }

    [Fact]
    public async Task HTTP_1_0_is_refused_but_for_health_checks()
    {
        var nginx = await shared.NginxAsync();
        var key = await shared.Gateway.CallerKeyAsync();

        var chat = await RawCaller.ExchangeAsync(nginx.Port, RawCaller.Post("/v1/chat/completions", Callers.ChatBody("baseline", stream: true), key, "HTTP/1.0"));
        var health = await RawCaller.ExchangeAsync(nginx.Port, RawCaller.Get("/health/ready", key, "HTTP/1.0"));

        chat.Should().StartWith("HTTP/1.1 505 ").And.Contain("\"code\":\"http_version\"");
        health.Should().StartWith("HTTP/1.1 200 ").And.Contain("\"status\":\"ok\"");
    }
}
