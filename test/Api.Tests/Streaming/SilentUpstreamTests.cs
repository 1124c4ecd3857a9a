using Gateway.Abstractions.Endpoints;
using Gateway.Testing;
using static Gateway.Api.Tests.Streaming.UpstreamConnection;

namespace Gateway.Api.Tests.Streaming;

public sealed class SilentUpstreamTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_stream_that_falls_silent_is_cut_and_its_upstream_closed()
    {
        await using var upstream = Silent(Chunked + "b\r\ndata: a\r\n\r\n\r\n");
        await using var host = await StreamHost.StartAsync(upstream, _time, idleTimeout: TimeSpan.FromSeconds(10));
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync("data: a");

        var (ending, outcome) = (client.ReadToEndAsync(), host.OutcomeAsync());
        await _time.UntilAsync(Task.WhenAll(ending, outcome), TimeSpan.FromMilliseconds(200));

        (await ending).Should().NotBe(Ending.Clean);
        client.Body.Should().Contain("\"code\":\"stream_idle_timeout\"").And.Contain("for 10 seconds");
        (await outcome).Failure.Should().Be(UpstreamFailure.IdleTimeout);
        await upstream.Closed.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Silence_before_the_first_event_leaves_the_caller_free_for_another_upstream()
    {
        await using var upstream = Silent(Chunked);
        await using var host = await StreamHost.StartAsync(upstream, _time, idleTimeout: TimeSpan.FromSeconds(10), keepAliveSeconds: 0);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        var ending = client.ReadToEndAsync();
        await _time.UntilAsync(ending);

        client.Head.Should().StartWith("HTTP/1.1 502");
        client.Body.Should().Contain("IdleTimeout");
    }

    [Fact]
    public async Task Comments_of_the_upstream_are_signs_of_life()
    {
        using var step = new SemaphoreSlim(0);
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(Chunked);
            await connection.ChunkAsync("data: a\n\n");
            for (var i = 0; i < 5; i++)
            {
                await step.WaitAsync(TestContext.Current.CancellationToken);
                await connection.ChunkAsync($": {i}\n\n");
            }

            await connection.ChunkAsync("data: [DONE]\n\n");
            await connection.EndChunksAsync();
        });
        await using var host = await StreamHost.StartAsync(upstream, _time, idleTimeout: TimeSpan.FromSeconds(10));
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync("data: a");

        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(8));
            step.Release();
            await client.ReadUntilAsync($": {i}\n\n");
        }

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
    }

    [Fact]
    public async Task A_stream_that_reaches_its_total_time_is_cut()
    {
        await using var upstream = Silent(Chunked + "b\r\ndata: a\r\n\r\n\r\n");
        await using var host = await StreamHost.StartAsync(upstream, totalTimeout: TimeSpan.FromSeconds(2));
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().NotBe(Ending.Clean);

        client.Body.Should().Contain("\"code\":\"stream_total_timeout\"");
        (await host.OutcomeAsync()).Failure.Should().Be(UpstreamFailure.TotalTimeout);
    }

    private static ScriptedUpstream Silent(string beginning) => new(connection => connection.SendAsync(beginning));
}
