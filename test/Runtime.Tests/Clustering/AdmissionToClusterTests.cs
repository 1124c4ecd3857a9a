using Gateway.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Gateway.Runtime.Tests.Clustering;

/// <summary>Who is let into a cluster, and how it is told otherwise.</summary>
public sealed class AdmissionToClusterTests
{
    private const string OtherSecret = "another secret, of the same length as it must be";

    [Fact]
    public async Task a_silo_with_another_secret_stops_with_one_clear_line()
    {
        await using var cluster = await RedisCluster.StartAsync(1);

        var stranger = await cluster.AddSiloAsync(secret: OtherSecret);

        await StopsAsync(cluster, stranger, "has another cluster secret");
        RedisCluster.OwnersSeenBy(cluster.Silos.First()).Should().Be(1);
    }

    [Fact]
    public async Task a_client_with_another_secret_finds_no_silo_and_says_why()
    {
        await using var cluster = await RedisCluster.StartAsync(1);

        var stranger = await cluster.AddClientAsync(secret: OtherSecret);

        await Eventually.Holds(() => cluster.Logs.Lines.Any(line => line.Contains("The cluster client looks for silos: silo") && line.Contains("has another cluster secret")), "one line says why");
        await CallsBetweenSilosTests.Counter(stranger, "one").Awaiting(counter => counter.Add(1)).Should().ThrowAsync<SiloUnavailableException>();
    }

    [Fact]
    public async Task a_table_of_another_engine_stops_the_silo_with_one_clear_line()
    {
        await using var cluster = new RedisCluster(await RedisServer.StartAsync());
        await cluster.Redis.CommandAsync("HSET", "default/members/test", "Version", "1");

        var silo = await cluster.AddSiloAsync();

        await StopsAsync(cluster, silo, "already used by another actor engine");
    }

    [Fact]
    public async Task clusters_with_different_ids_share_a_redis_and_never_meet()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var other = await cluster.AddSiloAsync(clusterId: "other");
        await Eventually.Holds(() => RedisCluster.IsActive(other), "it is a cluster of its own");
        var client = await cluster.AddClientAsync(clusterId: "other");
        await cluster.SettleAsync(1, client, other);

        (await CallsBetweenSilosTests.Counter(client, "one").Add(1)).Should().Be(1);

        (await CallsBetweenSilosTests.Counter(other, "one").Get()).Should().Be(1);
        (await CallsBetweenSilosTests.Counter(cluster.Silos.First(), "one").Get()).Should().Be(0);
    }

    [Fact]
    public async Task a_port_that_is_taken_stops_the_start_and_is_named()
    {
        await using var cluster = await RedisCluster.StartAsync(1);
        var taken = RedisCluster.AddressOf(cluster.Silos.Single()).Endpoint.Port;

        var start = () => cluster.AddSiloAsync(taken);

        await start.Should().ThrowAsync<OrleansConfigurationException>().WithMessage($"*cannot listen on 127.0.0.1:{taken}*");
    }

    [Theory]
    [InlineData("ClusterTransportOptions.Secret")]
    [InlineData("RedisClusteringOptions.ConfigurationOptions")]
    public async Task a_wrong_option_stops_the_start_and_is_named(string option)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleansClient(client => client
            .UseRedisClustering(redis => redis.ConfigurationOptions = option.StartsWith("Redis") ? null : StackExchange.Redis.ConfigurationOptions.Parse("127.0.0.1:1"))
            .Configure<ClusterTransportOptions>(transport => transport.Secret = option.EndsWith("Secret") ? "short" : RedisCluster.Secret));
        using var host = builder.Build();

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        await start.Should().ThrowAsync<OptionsValidationException>().WithMessage($"{option} must*");
    }

    private static async Task StopsAsync(RedisCluster cluster, IHost silo, string reason)
    {
        var stopping = silo.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await Eventually.Holds(() => stopping.IsCancellationRequested, "its host stops");
        cluster.Logs.Lines.Should().ContainSingle(line => line.StartsWith("Critical") && line.Contains(reason));
        RedisCluster.IsActive(silo).Should().BeFalse();
        Environment.ExitCode = 0;
    }
}
