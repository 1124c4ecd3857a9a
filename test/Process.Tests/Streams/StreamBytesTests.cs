using System.Text;
using Gateway.Process.Rigs;

namespace Gateway.Process.Streams;

public sealed class StreamBytesTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private static readonly string AzuresFirst =
        "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{\"prompt_index\":0}]}\n\n";

    public static TheoryData<string, string> Streams() => new()
    {
        { "CRLF framing", (OpenAiBodies.Delta("a") + OpenAiBodies.Finish() + OpenAiBodies.Done).Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "comments", ": ping\n\n" + OpenAiBodies.Delta("a") + ":\n" + OpenAiBodies.Finish() + OpenAiBodies.Done },
        { "event names", "event: delta\n" + OpenAiBodies.Delta("a") + "event: end\nid: 7\nretry: 10\n" + OpenAiBodies.Finish() + OpenAiBodies.Done },
        { "several data lines", "data: {\"id\":\"x\",\ndata: \"choices\":[]}\n\n" + OpenAiBodies.Finish() + OpenAiBodies.Done },
        { "large events", OpenAiBodies.Delta(new string('x', 1_000_000)) + OpenAiBodies.Finish() + OpenAiBodies.Done },
        { "no DONE after finish reasons", OpenAiBodies.Delta("a") + OpenAiBodies.Finish() },
        { "Azure's first chunk", AzuresFirst + OpenAiBodies.Delta("a") + OpenAiBodies.Finish() + OpenAiBodies.Done },
    };

    [Theory, MemberData(nameof(Streams))]
    public async Task Bytes_arrive_as_the_upstream_sent_them(string what, string stream)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Events(stream));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);

        (await reading.ToEndAsync()).Should().BeNull("the stream with {0} is whole", what);
        reading.Text.Should().Be(stream);
        reading.Response.Header("x-gateway-attempts").Should().Be("1");
        reading.Response.Header("Content-Type").Should().StartWith("text/event-stream");
        reading.Response.Header("Cache-Control").Should().Be("no-cache, no-transform");
        reading.Response.Header("X-Accel-Buffering").Should().Be("no");
    }

    [Theory, InlineData(1), InlineData(3), InlineData(7)]
    public async Task Bytes_survive_any_split_even_inside_a_character(int size)
    {
        var stream = OpenAiBodies.Delta("a") + "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"🦜中ż\"}}]}\n\n" + OpenAiBodies.Finish() + OpenAiBodies.Done;
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Chunks(Encoding.UTF8.GetBytes(stream).Chunk(size).ToArray()));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        await using var reading = await StreamReading.OpenAsync(shared.Gateway, model);

        (await reading.ToEndAsync()).Should().BeNull();
        reading.Text.Should().Be(stream);
    }

    [Fact]
    public async Task Every_event_is_passed_on_before_the_next_one_exists()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        var model = await shared.PublishInOrderAsync(upstream.Url);
        var opening = StreamReading.OpenAsync(shared.Gateway, model);
        await live.Started.WaitAsync(Eventually.DefaultBound);
        live.Head().Send(OpenAiBodies.Delta("first"));

        await using var reading = await opening;
        await reading.UntilAsync(text => text.Contains("first", StringComparison.Ordinal), "the first event");
        for (var number = 0; number < 20; number++)
        {
            live.Send(OpenAiBodies.Delta($"event-{number}"));
            await reading.UntilAsync(text => text.Contains($"event-{number}\"", StringComparison.Ordinal), $"event {number}");
        }

        live.Send(OpenAiBodies.Finish()).Send(OpenAiBodies.Done).End();
        (await reading.ToEndAsync()).Should().BeNull();
    }

    [Fact]
    public async Task Events_of_the_responses_API_pass_with_their_names()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = await shared.PublishInOrderAsync(upstream.Url);

        using var response = await shared.Gateway.PostAsync("/v1/responses", $$"""{"model":"{{model}}","input":"hi","stream":true}""");

        var text = await response.Content.ReadAsStringAsync();
        text.Should().StartWith("event: response.created\n").And.Contain("event: response.completed\n").And.NotContain("[DONE]");
    }
}
