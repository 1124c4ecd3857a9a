using System.Text;
using Gateway.Abstractions.Endpoints;
using static Gateway.Api.Tests.Streaming.UpstreamConnection;

namespace Gateway.Api.Tests.Streaming;

public sealed class RelayTests
{
    private const string Delta = """data: {"choices":[{"index":0,"delta":{"content":"é漢"},"finish_reason":null}]}""" + "\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string Usage = """data: {"choices":[],"usage":{"prompt_tokens":1}}""" + "\n\n";

    [Fact]
    public async Task Headers_and_bytes_reach_the_caller_as_the_upstream_sent_them()
    {
        var body = "\uFEFF: hello\r\n\r\nevent: x\r\n" + Delta + "data: 1\rdata: 2\r\r" + Delta + Done;
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(Chunked);
            foreach (var piece in Encoding.UTF8.GetBytes(body).Chunk(7))
            {
                await connection.ChunkAsync(piece);
            }

            await connection.EndChunksAsync();
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);

        client.Body.Should().Be(Latin1(body));
        client.Head.Should().StartWith("HTTP/1.1 200").And.Contain("Content-Type: text/event-stream\r\n")
            .And.Contain("Cache-Control: no-cache, no-transform\r\n").And.Contain("X-Accel-Buffering: no\r\n");
        (await host.OutcomeAsync()).Should().Be(new Api.Streaming.StreamOutcome(UpstreamFailure.None, Encoding.UTF8.GetByteCount(body)));
        host.Watch.Count.Should().Be(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_event_arrives_before_the_next_is_sent(bool hide)
    {
        using var arrived = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(Chunked);
            for (var i = 0; i < 3; i++)
            {
                await connection.ChunkAsync($"data: {i}\n\n");
                await arrived.WaitAsync(TestContext.Current.CancellationToken);
            }

            await connection.ChunkAsync(Usage + Done);
            await connection.EndChunksAsync();
        });
        await using var host = await StreamHost.StartAsync(upstream, hideUsageChunk: hide);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        for (var i = 0; i < 3; i++)
        {
            await client.ReadUntilAsync($"data: {i}\n\n");
            arrived.Release();
        }

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().Be("data: 0\n\ndata: 1\n\ndata: 2\n\n" + (hide ? "" : Usage) + Done);
    }

    [Fact]
    public async Task An_event_goes_on_before_it_is_complete_when_nothing_is_hidden()
    {
        var arrived = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(Chunked);
            await connection.ChunkAsync(Delta + "data: half");
            await arrived.Task;
            await connection.ChunkAsync(" of it\n\n" + Done);
            await connection.EndChunksAsync();
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        await client.ReadUntilAsync("data: half");
        arrived.SetResult();
        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_megabyte_event_passes(bool hide)
    {
        var body = "data: " + new string('x', 1024 * 1024) + "\n\n" + Delta + Done;
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(Chunked);
            await connection.ChunkAsync(body);
            await connection.EndChunksAsync();
        });
        await using var host = await StreamHost.StartAsync(upstream, hideUsageChunk: hide);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        (client.Body == Latin1(body)).Should().BeTrue();
    }

    [Fact]
    public async Task The_upstream_may_keep_its_connection_open_after_the_last_event()
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(Chunked);
            await connection.ChunkAsync(Delta + Done);
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        (await host.OutcomeAsync()).Failure.Should().Be(UpstreamFailure.None);
    }

    [Fact]
    public async Task A_body_that_is_no_event_stream_passes_with_its_own_headers()
    {
        const string Json = """{"choices":[{"index":0}]}""";
        await using var upstream = new ScriptedUpstream(connection =>
            connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Json.Length}\r\n\r\n{Json}"));
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().Be(Json);
        client.Head.Should().Contain("Content-Type: application/json\r\n").And.Contain($"Content-Length: {Json.Length}\r\n").And.NotContain("X-Accel");
    }

    [Fact]
    public async Task Events_under_a_wrong_label_are_events()
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + Delta + Done);
            connection.Fin();
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().Be(Latin1(Delta + Done));
        client.Head.Should().Contain("Content-Type: text/event-stream; charset=utf-8\r\n");
    }

    private static string Latin1(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
