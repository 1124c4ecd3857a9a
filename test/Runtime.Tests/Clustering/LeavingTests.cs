using Gateway.Runtime.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime.Transport;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class LeavingTests
{
    [Fact]
    public async Task no_call_fails_while_silos_are_stopped_and_started_one_after_the_other()
    {
        await using var cluster = await RedisCluster.StartAsync(3);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(3);
        using var load = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(caller => CallUntilAsync(client, caller, load.Token)).ToList();

        for (var restart = 0; restart < 3; restart++)
        {
            var added = await cluster.AddSiloAsync();
            await cluster.SettleAsync(4);
            await cluster.StopAsync(restart == 0 ? added : cluster.Silos.First());
            await cluster.SettleAsync(3);
        }

        await load.CancelAsync();
        (await Task.WhenAll(callers)).Should().OnlyContain(calls => calls > 0);
    }

    [Fact]
    public async Task what_waits_or_runs_at_a_leaving_silo_is_answered()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(2);
        var gate = new Gate();
        cluster.Scripts.Set("hold", async (grain, _) =>
        {
            await gate.Pass();
            return "held";
        });
        cluster.Scripts.Set("answer", _ => "answered");
        cluster.Scripts.Set("poll", async (grain, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, token);
            return "polled";
        });
        var leaving = cluster.Silos.First();
        var (holding, polling, late) = (KeyOn(leaving, "hold"), KeyOn(leaving, "poll"), KeyOn(leaving, "new"));
        var running = Scripted(client, holding).Run("hold");
        await gate.WaitForArrivals();
        var waiting = Scripted(client, holding).Run("answer");
        var poll = Scripted(client, polling).RunInterleavedCancellable("poll", TestContext.Current.CancellationToken);

        var stopping = cluster.StopAsync(leaving);
        (await Scripted(client, late).Run("answer").Within()).Should().Be("answered");
        gate.Open();

        (await running.Within()).Should().Be("held");
        (await waiting.Within()).Should().Be("answered");
        (await poll.Within()).Should().Be("polled", "a long poll goes on at the new owner");
        await stopping.Within();
    }

    [Fact]
    public async Task a_caller_that_does_not_hear_of_the_leaving_is_served_until_it_is_told_that_its_call_has_not_run()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(2);
        var leaving = cluster.Silos.First();
        var callers = Enumerable.Range(0, 32).Select(_ => CallDirectlyWhileAnsweredAsync(client, RedisCluster.AddressOf(leaving))).ToList();

        await cluster.StopAsync(leaving).Within();

        // Told so by the silo, or by its port where the machine is so busy that a caller comes back only after it was closed.
        (await Task.WhenAll(callers).Within()).Should().OnlyContain(end => end.Outcome == Outcome.NotSent);
    }

    [Fact]
    public async Task the_last_silo_stops_with_its_goodbyes()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var goodbyes = 0;
        cluster.Scripts.OnDeactivate = (_, reason, _) =>
        {
            Interlocked.Add(ref goodbyes, reason.ReasonCode == DeactivationReasonCode.ShuttingDown ? 1 : 100);
            return Task.CompletedTask;
        };
        cluster.Scripts.Set("answer", _ => "answered");
        var silo = cluster.Silos.Single();
        await Scripted(silo, "one").Run("answer");

        await cluster.StopAsync(silo);

        goodbyes.Should().Be(1);
        (await cluster.Redis.CommandAsync("HGETALL", "{default/members/test}/BuiltIn")).Should().Contain("\"Status\":6");
    }

    [Fact]
    public async Task a_silo_that_stops_while_redis_hangs_still_says_its_goodbyes()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var goodbyes = 0;
        cluster.Scripts.OnDeactivate = (_, _, _) => Task.FromResult(Interlocked.Increment(ref goodbyes));
        cluster.Scripts.Set("answer", _ => "answered");
        var silo = cluster.Silos.Single();
        await Scripted(silo, "one").Run("answer");
        cluster.Redis.Freeze();

        await cluster.StopAsync(silo).Within();

        goodbyes.Should().Be(1);
    }

    internal static IScriptedGrain Scripted(IHost host, string key) => host.Services.GetRequiredService<IGrainFactory>().GetGrain<IScriptedGrain>(key);

    internal static string KeyOn(IHost silo, string prefix) => Enumerable.Range(0, 1000).Select(number => prefix + number)
        .First(key => RedisCluster.AddressOf(silo).Equals(RedisCluster.OwnerSeenBy(silo, Scripted(silo, key).GetGrainId())));

    private static async Task<SiloReply> CallDirectlyWhileAnsweredAsync(IHost client, SiloAddress silo)
    {
        var transport = client.Services.GetRequiredService<ISiloTransport>();
        var message = "{\"m\":\"Gateway.Runtime.Tests.Grains.ICounterGrain/Add\",\"t\":\"counter\",\"k\":\"x\",\"v\":0,\"d\":10000,\"f\":0,\"a\":[1]}"u8.ToArray();
        SiloReply reply;
        do
        {
            using var answer = new PooledBuffer();
            reply = await transport.SendAsync(silo, SiloRequest.Call, message, answer, TestContext.Current.CancellationToken);
        }
        while (reply.Outcome == Outcome.Answered);

        return reply;
    }

    private static async Task<int> CallUntilAsync(IHost client, int caller, CancellationToken end)
    {
        var calls = 0;
        while (!end.IsCancellationRequested)
        {
            await CallsBetweenSilosTests.Counter(client, $"load{caller}-{calls % 20}").Add(1);
            calls++;
        }

        return calls;
    }
}
