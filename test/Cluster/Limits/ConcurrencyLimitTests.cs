using System.Text;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

public sealed class ConcurrencyLimitTests(SharedCluster shared) : ClusterTest(shared)
{
    private const int Limit = 5;

    /// <summary>Promised within 12 s after a node died.</summary>
    private static readonly TimeSpan PermitsBack = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Streams_in_flight_never_exceed_the_limit_and_those_of_a_killed_front_end_come_back()
    {
        await using var caller = await LimitedCaller.CreateAsync(Shared, new JsonObject { ["concurrency"] = Limit });
        caller.Upstream.Reply = caller.Meter.Over(Replies.After(TimeSpan.FromMilliseconds(200), StreamReplies.Chat()));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => CallAsync(caller, number % 2 == 0 ? Shared.A : Shared.B, calls: 10)));
        caller.Meter.Peak.Should().Be(Limit, "20 callers keep all permits in use");
        caller.Upstream.Reply = caller.Meter.Over(Held);
        using var leave = new CancellationTokenSource();
        await HoldAllAsync(caller, [Shared.A, Shared.B], leave.Token);

        await Shared.B.KillAsync();
        await leave.CancelAsync();

        using var done = new CancellationTokenSource();
        await HoldAllAsync(caller, [Shared.A], done.Token);
        caller.Meter.Peak.Should().Be(Limit);
        await done.CancelAsync();
    }

    /// <summary>Sends an event a second until the client leaves.</summary>
    private static async Task Held(UpstreamExchange exchange)
    {
        await exchange.WriteAsync(StreamReplies.ChunkedHead);
        while (!exchange.Request.ClientClosed.IsCompleted)
        {
            await exchange.WriteChunkAsync(Encoding.UTF8.GetBytes(OpenAiBodies.Delta("Hel")));
            await Task.WhenAny(exchange.Request.ClientClosed, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, exchange.Stopping));
        }
    }

    private static async Task CallAsync(LimitedCaller caller, FrontEndPart node, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            using var answer = await node.ChatAsync(caller.Model, caller.Key, stream: true);
            await answer.Content.ReadAsStringAsync();
        }
    }

    /// <summary>Callers that ask until they are let in, and then stay, on each node one more than the limit; returns when all permits are in use.</summary>
    private static async Task HoldAllAsync(LimitedCaller caller, FrontEndPart[] nodes, CancellationToken leaving)
    {
        var holding = nodes.SelectMany(node => Enumerable.Range(0, Limit + 1).Select(_ => HoldAsync(caller, node, leaving))).ToArray();
        await Eventually.MatchAsync(() => caller.DescribeAsync(), _ => caller.Meter.InWork == Limit, "all permits are in use", PermitsBack);
        _ = Task.WhenAll(holding).ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private static async Task HoldAsync(LimitedCaller caller, FrontEndPart node, CancellationToken leaving)
    {
        while (!leaving.IsCancellationRequested)
        {
            try
            {
                using var answer = await node.ChatAsync(caller.Model, caller.Key, stream: true, leaving);
                await answer.Content.ReadAsStringAsync(leaving);
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
    }
}
