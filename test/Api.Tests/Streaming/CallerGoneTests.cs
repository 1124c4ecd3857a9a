using Gateway.Abstractions.Endpoints;
using static Gateway.Api.Tests.Streaming.UpstreamConnection;

namespace Gateway.Api.Tests.Streaming;

public sealed class CallerGoneTests
{
    /// <summary>Five times the second that is promised.</summary>
    private static readonly TimeSpan _bound = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(Chunked, "")]
    [InlineData(Chunked, "data: a\n\n")]
    [InlineData(Chunked, "data: a\n\ndata: b")]
    [InlineData("", "")]
    public async Task A_caller_that_leaves_closes_the_upstream(string head, string body)
    {
        var started = new TaskCompletionSource();
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(head);
            if (body.Length > 0)
            {
                await connection.ChunkAsync(body);
            }

            started.SetResult();
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await started.Task;
        await client.ReadUntilAsync(() => client.Body.Length >= body.Length);

        client.Close();

        await upstream.Closed.Task.WaitAsync(_bound, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_outcome_says_so()
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(Chunked);
            await connection.ChunkAsync("data: a\n\n");
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync("data: a");

        client.Close();

        (await host.OutcomeAsync()).Failure.Should().Be(UpstreamFailure.CallerGone);
        host.Watch.Count.Should().Be(0);
    }

    [Fact]
    public async Task A_caller_that_does_not_read_stops_the_upstream_instead_of_filling_memory()
    {
        var sent = 0L;
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(Chunked);
            var piece = "data: " + new string('x', 60_000) + "\n\n";
            for (var i = 0; i < 4000; i++)
            {
                await connection.ChunkAsync(piece);
                Interlocked.Add(ref sent, piece.Length);
            }
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        // The upstream has stalled when nothing moved for a while; socket buffers take some megabytes, not all 240.
        var before = -1L;
        for (var i = 0; i < 60 && Interlocked.Read(ref sent) is var now && (now != before || now == 0); i++)
        {
            before = now;
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        before.Should().BeInRange(1, 100_000_000);
    }
}
