using Gateway.Abstractions.Endpoints;
using Gateway.Testing;
using static Gateway.Api.Tests.Streaming.UpstreamConnection;

namespace Gateway.Api.Tests.Streaming;

public sealed class KeepAliveTests
{
    private const string KeepAlive = ": keep-alive\n\n";
    private const string Done = "data: [DONE]\n\n";

    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _goOn = new();

    [Fact]
    public async Task Silence_before_the_upstream_answers_is_filled_and_commits()
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await _goOn.Task;
            await connection.SendAsync(Chunked);
            await connection.ChunkAsync("\uFEFFdata: a\n\n" + Done);
            await connection.EndChunksAsync();
        });
        await using var host = await StreamHost.StartAsync(upstream, _time);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        await _time.UntilAsync(client.ReadUntilAsync(KeepAlive));
        client.Head.Should().StartWith("HTTP/1.1 200").And.Contain("Content-Type: text/event-stream; charset=utf-8\r\n");
        _goOn.SetResult();

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Replace(KeepAlive, "").Should().Be("data: a\n\n" + Done, "a byte order mark has no place after a comment");
    }

    [Fact]
    public async Task Silence_between_events_is_filled_once_per_period()
    {
        await using var upstream = Pausing("data: a\n\n", "data: b\n\n" + Done);
        await using var host = await StreamHost.StartAsync(upstream, _time);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync("data: a\n\n");

        await _time.UntilAsync(client.ReadUntilAsync(KeepAlive + KeepAlive));
        _goOn.SetResult();

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Replace(KeepAlive, "").Should().Be("data: a\n\ndata: b\n\n" + Done);
        client.Body.Should().StartWith("data: a\n\n" + KeepAlive).And.EndWith(KeepAlive + "data: b\n\n" + Done);
    }

    [Theory]
    [InlineData("id: 1\ndata: a\n\n")]
    [InlineData("data: a\nid:1\n\n")]
    [InlineData("data: a\n\ndata: a\n\nid: x\ndata: a\n\n")]
    public async Task Behind_an_id_it_ends_no_event_since_openai_python_would_take_it_for_one(string events)
    {
        await using var upstream = Pausing(events, "data: b\n\n" + Done);
        await using var host = await StreamHost.StartAsync(upstream, _time);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync(events);

        await _time.UntilAsync(client.ReadUntilAsync(": keep-alive\n"));
        _goOn.SetResult();

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().MatchRegex("^" + System.Text.RegularExpressions.Regex.Escape(events) + "(: keep-alive\n)+data: b\n\ndata: \\[DONE\\]\n\n$");
        client.Body.Should().NotContain(KeepAlive);
    }

    [Fact]
    public async Task Less_than_the_period_of_silence_is_left_alone()
    {
        await using var upstream = Pausing("data: a\n\n", "data: b\n\n" + Done);
        await using var host = await StreamHost.StartAsync(upstream, _time);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync("data: a\n\n");

        _time.Advance(TimeSpan.FromSeconds(14));
        _goOn.SetResult();

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().Be("data: a\n\ndata: b\n\n" + Done);
    }

    [Fact]
    public async Task Silence_inside_an_event_is_not_filled()
    {
        await using var upstream = Pausing("data: a\n\ndata: b", "c\n\n" + Done);
        await using var host = await StreamHost.StartAsync(upstream, _time);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync("data: b");

        _time.Advance(TimeSpan.FromSeconds(60));
        _goOn.SetResult();

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().Be("data: a\n\ndata: bc\n\n" + Done);
    }

    [Fact]
    public async Task Silence_inside_an_event_that_is_held_back_is_filled()
    {
        await using var upstream = Pausing("data: a\n\ndata: b", "c\n\n" + Done);
        await using var host = await StreamHost.StartAsync(upstream, _time, hideUsageChunk: true);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync("data: a\n\n");

        await _time.UntilAsync(client.ReadUntilAsync(KeepAlive));
        _goOn.SetResult();

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Replace(KeepAlive, "").Should().Be("data: a\n\ndata: bc\n\n" + Done);
    }

    [Fact]
    public async Task Comments_of_the_upstream_do_not_fill_the_silence_before_its_first_event_but_are_passed_on()
    {
        await using var upstream = Pausing(": queued\n\n", "data: a\n\n" + Done);
        await using var host = await StreamHost.StartAsync(upstream, _time);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        await _time.UntilAsync(client.ReadUntilAsync(KeepAlive));
        _goOn.SetResult();

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Replace(KeepAlive, "").Should().Be(": queued\n\ndata: a\n\n" + Done);
    }

    [Fact]
    public async Task After_a_keep_alive_a_body_that_is_no_event_stream_is_refused()
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await _goOn.Task;
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"choices\":[]}");
        });
        await using var host = await StreamHost.StartAsync(upstream, _time);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await _time.UntilAsync(client.ReadUntilAsync(KeepAlive));
        _goOn.SetResult();

        // Read before time goes on: a pause that takes no real time lets the abort overtake the event.
        await client.ReadUntilAsync("It failed: ProtocolError.");
        var (ending, outcome) = (client.ReadToEndAsync(), host.OutcomeAsync());
        await _time.UntilAsync(Task.WhenAll(ending, outcome));

        (await ending).Should().NotBe(Ending.Clean);
        client.Body.Should().Contain("It failed: ProtocolError.").And.NotContain("choices");
        (await outcome).Failure.Should().Be(UpstreamFailure.ProtocolError);
    }

    private ScriptedUpstream Pausing(string before, string after) => new(async connection =>
    {
        await connection.SendAsync(Chunked);
        await connection.ChunkAsync(before);
        await _goOn.Task;
        await connection.ChunkAsync(after);
        await connection.EndChunksAsync();
    });
}
