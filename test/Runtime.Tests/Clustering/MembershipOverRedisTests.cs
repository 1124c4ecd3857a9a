using Gateway.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Runtime.Membership;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class MembershipOverRedisTests
{
    private const int Grains = 30;

    [Fact]
    public async Task the_grains_of_a_killed_silo_answer_elsewhere_within_two_seconds()
    {
        await using var cluster = await RedisCluster.StartAsync(3);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(3);
        var victim = await cluster.AddSiloAsync();
        await cluster.SettleAsync(4);
        await AddToAllAsync(client);

        await cluster.KillAsync(victim);

        await AllAnswerAsync(client, TimeSpan.FromSeconds(2));
        await cluster.SettleAsync(3);
    }

    [Fact]
    public async Task of_two_silos_the_one_that_is_left_takes_over_within_two_seconds()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var client = await cluster.AddClientAsync();
        var victim = await cluster.AddSiloAsync();
        await cluster.SettleAsync(2);
        await AddToAllAsync(client);

        await cluster.KillAsync(victim);

        await AllAnswerAsync(client, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task a_silent_silo_is_replaced_within_six_seconds_and_stops_itself_when_it_learns()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var client = await cluster.AddClientAsync();
        var hung = await cluster.AddSiloAsync();
        await cluster.SettleAsync(3);
        var stopping = hung.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

        hung.Services.GetRequiredService<MembershipAgent>().Dispose();
        await cluster.SettleAsync(2, client);
        await Eventually.Holds(() => cluster.Logs.Lines.Any(line => line.Contains("is declared dead: no heartbeat")), "one line says why");
        stopping.IsCancellationRequested.Should().BeFalse("it does not know yet");

        // A call from somebody who knows makes it read the membership.
        await RedisCluster.ViewOf(hung).Refresh(RedisCluster.ViewOf(client).CurrentSnapshot.Version);

        await Eventually.Holds(() => stopping.IsCancellationRequested, "its host stops");
        cluster.Logs.Lines.Should().ContainSingle(line => line.StartsWith("Critical") && line.Contains("the cluster declared it dead"));
        Environment.ExitCode.Should().Be(1);
        Environment.ExitCode = 0;
    }

    [Fact]
    public async Task while_redis_is_down_or_frozen_calls_are_served_and_nobody_is_declared_dead()
    {
        await using var cluster = await RedisCluster.StartAsync(3);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(3);
        await AddToAllAsync(client);
        var version = RedisCluster.ViewOf(client).CurrentSnapshot.Version;

        cluster.Redis.Freeze();
        await KeepsServingAsync(client, TimeSpan.FromSeconds(7));
        cluster.Redis.Thaw();
        await KeepsServingAsync(client, TimeSpan.FromSeconds(2));
        await cluster.Redis.KillAsync();
        await KeepsServingAsync(client, TimeSpan.FromSeconds(3));

        await cluster.SettleAsync(3);
        cluster.Logs.Lines.Should().NotContain(line => line.Contains("declared dead"));
        RedisCluster.ViewOf(client).CurrentSnapshot.Version.Should().Be(version);
    }

    [Fact]
    public async Task an_emptied_redis_is_filled_again_and_no_grain_moves()
    {
        await using var cluster = await RedisCluster.StartAsync(3);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(3);
        await AddToAllAsync(client);
        var version = RedisCluster.ViewOf(client).CurrentSnapshot.Version;

        await cluster.Redis.RestartAsync();
        await Eventually.Holds(() => RedisCluster.ViewOf(client).CurrentSnapshot.Version.Value > version.Value, "the version rises over the loss");
        await KeepsServingAsync(client, TimeSpan.FromSeconds(1));

        await cluster.SettleAsync(3);
        await AllHaveAsync(client, 1, "the activations are the same");
        (await cluster.AddSiloAsync()).Should().NotBeNull();
        await cluster.SettleAsync(4);
    }

    [Fact]
    public async Task an_old_copy_of_redis_brings_nobody_back_and_loses_nobody()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var client = await cluster.AddClientAsync();
        var gone = await cluster.AddSiloAsync();
        await cluster.SettleAsync(3);
        (await cluster.Redis.CommandAsync("SAVE")).Should().StartWith("+OK");
        await cluster.StopAsync(gone);
        var newcomer = await cluster.AddSiloAsync();
        await cluster.SettleAsync(3);
        await AddToAllAsync(client);
        var version = RedisCluster.ViewOf(client).CurrentSnapshot.Version;

        await cluster.Redis.RestartAsync(keepSaved: true);
        await Eventually.Holds(() => RedisCluster.ViewOf(newcomer).CurrentSnapshot.Version.Value > version.Value, "the version rises over the loss");

        await cluster.SettleAsync(3);
        await AllHaveAsync(client, 1, "the activations are the same");
    }

    [Fact]
    public async Task processes_start_before_redis_and_meet_when_it_comes()
    {
        await using var cluster = new RedisCluster(RedisServer.Reserve());
        var client = await cluster.AddClientAsync();
        var silo = await cluster.AddSiloAsync();
        await Eventually.Holds(() => cluster.Logs.Lines.Any(line => line.Contains("waits: the membership table cannot be reached")), "the silo says what it waits for");
        RedisCluster.IsActive(silo).Should().BeFalse();
        await CallsBetweenSilosTests.Counter(client, "one").Awaiting(counter => counter.Get().AsTask()).Should().ThrowAsync<SiloUnavailableException>().WithMessage("No silo of the cluster is active*");

        await cluster.Redis.RestartAsync();
        await cluster.SettleAsync(1);

        RedisCluster.IsActive(silo).Should().BeTrue();
        (await CallsBetweenSilosTests.Counter(client, "one").Add(1)).Should().Be(1);
    }

    [Fact]
    public async Task a_silo_that_returns_on_its_address_replaces_its_predecessor_at_once()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var port = FreePort.Next();
        var first = await cluster.AddSiloAsync(port);
        await cluster.SettleAsync(2);
        var before = RedisCluster.AddressOf(first);
        await cluster.KillAsync(first);

        var second = await cluster.AddSiloAsync(port);

        await Eventually.Holds(() => RedisCluster.IsActive(second), "it is a member");
        RedisCluster.AddressOf(second).Generation.Should().BeGreaterThan(before.Generation);
        RedisCluster.ViewOf(second).CurrentSnapshot.GetSiloStatus(before).Should().Be(SiloStatus.Dead);
    }

    [Fact]
    public async Task a_refusal_that_only_one_member_sees_evicts_nobody()
    {
        await using var cluster = await RedisCluster.StartAsync(3);
        var silos = RedisCluster.ViewOf(await cluster.AddSiloAsync());
        await cluster.SettleAsync(4);
        var target = silos.CurrentSnapshot.Members.Keys.First();

        // The vote of one member, as its own firewall would make it cast again and again.
        var agent = (await cluster.AddSiloAsync()).Services.GetRequiredService<MembershipAgent>();
        await cluster.SettleAsync(5);
        for (var vote = 0; vote < 5; vote++)
        {
            (await agent.VoteAsync(target, TestContext.Current.CancellationToken)).Should().BeFalse();
        }

        silos.CurrentSnapshot.Members[target].Status.Should().Be(SiloStatus.Active);
    }

    [Fact]
    public async Task ten_silos_join_at_the_same_time()
    {
        await using var cluster = new RedisCluster(await RedisServer.StartAsync());

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => cluster.AddSiloAsync())));

        await cluster.SettleAsync(10);
    }

    private static Task<int[]> AddToAllAsync(IHost host) => Task.WhenAll(Keys.Select(key => CallsBetweenSilosTests.Counter(host, key).Add(1)));

    private static async Task AllHaveAsync(IHost host, int value, string because)
    {
        var values = await Task.WhenAll(Keys.Select(key => CallsBetweenSilosTests.Counter(host, key).Get().AsTask()));
        values.Should().OnlyContain(actual => actual == value, because);
    }

    private static IEnumerable<string> Keys => Enumerable.Range(0, Grains).Select(number => $"key{number}");

    // A promised deadline, polled with slack: a caller that tries again gets its answer.
    private static async Task AllAnswerAsync(IHost host, TimeSpan promised)
    {
        foreach (var key in Keys)
        {
            await Gateway.Testing.Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        await CallsBetweenSilosTests.Counter(host, key).Get();
                        return true;
                    }
                    catch (OrleansMessageRejectionException)
                    {
                        return false;
                    }
                },
                $"{key} answers",
                promised * 5);
        }
    }

    private static async Task KeepsServingAsync(IHost host, TimeSpan time)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < time)
        {
            await AllHaveAsync(host, 1, "every grain keeps its activation");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
