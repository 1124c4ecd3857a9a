using Gateway.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class ClientTests
{
    [Fact]
    public async Task changes_are_pushed_also_while_redis_is_away()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(2);

        var leaving = cluster.Silos.First();
        await cluster.StopAsync(leaving);
        await cluster.Redis.KillAsync();

        await cluster.SettleAsync(1, client);
        (await CallsBetweenSilosTests.Counter(client, "one").Add(1)).Should().Be(1);
    }

    [Fact]
    public async Task it_finds_the_cluster_again_after_all_silos_were_lost()
    {
        await using var cluster = await RedisCluster.StartAsync(2);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(2);
        await CallsBetweenSilosTests.Counter(client, "one").Add(1);
        foreach (var silo in cluster.Silos.ToList())
        {
            await cluster.KillAsync(silo);
        }

        await cluster.AddSiloAsync();
        await cluster.SettleAsync(1);

        (await CallsBetweenSilosTests.Counter(client, "one").Add(1)).Should().Be(1);
    }

    [Fact]
    public async Task its_start_and_its_stop_do_not_wait_for_a_redis_that_hangs()
    {
        await using var cluster = new RedisCluster(await RedisServer.StartAsync());
        cluster.Redis.Freeze();

        var client = await cluster.AddClientAsync();
        var silo = await cluster.AddSiloAsync();

        await CallsBetweenSilosTests.Counter(client, "one").Awaiting(counter => counter.Add(1)).Should().ThrowAsync<SiloUnavailableException>();
        RedisCluster.IsActive(silo).Should().BeFalse();
        await cluster.StopAsync(client).Within();
        cluster.Redis.Thaw();
        await cluster.SettleAsync(1);
    }

    [Fact]
    public async Task its_own_response_timeout_counts()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var client = await cluster.AddClientAsync(configure: builder => builder.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromMilliseconds(200)));
        await cluster.SettleAsync(1);
        var gate = new Grains.Gate();
        cluster.Scripts.Set("hold", (_, _) => gate.Pass());

        await LeavingTests.Scripted(client, "one").Awaiting(grain => grain.Run("hold")).Should().ThrowAsync<TimeoutException>();
        gate.Open();
    }

    [Fact]
    public async Task it_can_be_part_of_a_generic_host()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        using var host = new HostBuilder().UseOrleansClient(client => client.UseRedisClustering(cluster.Redis.Address)
            .Configure<ClusterOptions>(options => options.ClusterId = "test")
            .Configure<ClusterTransportOptions>(options => options.Secret = RedisCluster.Secret)).Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        await cluster.SettleAsync(1, host);

        (await host.Services.GetRequiredService<IClusterClient>().GetGrain<Grains.ICounterGrain>("one").Add(1)).Should().Be(1);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }
}
