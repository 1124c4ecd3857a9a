using System.Text;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

public sealed class ConcurrencyLimitTests(SharedCluster shared) : ClusterTest(shared)
{
    private const int Limit = 5;

    /// <summary>Permits that the killed front-end holds.</summary>
    private const int OnKilled = 3;

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
        var onB = Hold(caller, Shared.B, OnKilled, leave.Token);
        await Eventually.TrueAsync(() => onB.Held == OnKilled, "the front-end that will be killed holds permits", PermitsBack);
        var onA = Hold(caller, Shared.A, Limit + 1, leave.Token);
        await Eventually.MatchAsync(() => caller.DescribeAsync(), _ => caller.Meter.InWork == Limit, "all permits are in use", PermitsBack);
        (onA.Held, onB.Held).Should().Be((Limit - OnKilled, OnKilled));

        await Shared.B.KillAsync();
        await leave.CancelAsync();

        await Eventually.MatchAsync(() => caller.DescribeAsync(), shown => caller.Meter.InWork == 0 && InUse(shown) == 0, "all permits are back", PermitsBack);
        using var done = new CancellationTokenSource();
        var next = Hold(caller, Shared.A, Limit + 1, done.Token);
        await Eventually.MatchAsync(() => caller.DescribeAsync(), shown => next.Held == Limit && caller.Meter.InWork == Limit && InUse(shown) == Limit, "the next are let in", PermitsBack);
        caller.Meter.Peak.Should().Be(Limit);
        await done.CancelAsync();
    }

    private static int InUse(JsonNode shown) => shown["concurrency"]!["in_use"]!.GetValue<int>();

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

    /// <summary>Callers that ask until they are let in, and then stay.</summary>
    private static Holders Hold(LimitedCaller caller, FrontEndPart node, int number, CancellationToken leaving)
    {
        var holders = new Holders();
        var holding = Enumerable.Range(0, number).Select(_ => HoldAsync(caller, node, holders, leaving)).ToArray();
        _ = Task.WhenAll(holding).ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return holders;
    }

    private static async Task HoldAsync(LimitedCaller caller, FrontEndPart node, Holders holders, CancellationToken leaving)
    {
        while (!leaving.IsCancellationRequested)
        {
            try
            {
                using var answer = await node.ChatAsync(caller.Model, caller.Key, stream: true, leaving);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    holders.Add();
                }

                await answer.Content.ReadAsStringAsync(leaving);
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Callers of one front-end whose streams have begun: each has a permit until it leaves.</summary>
    private sealed class Holders
    {
        private int held;

        public int Held => Volatile.Read(ref held);

        public void Add() => Interlocked.Increment(ref held);
    }
}
