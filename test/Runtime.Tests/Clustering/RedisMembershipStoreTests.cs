using System.Net;
using Gateway.Testing.Network;
using Gateway.Testing.Redis;
using Microsoft.Extensions.Options;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using Orleans.Runtime.Membership;
using StackExchange.Redis;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class RedisMembershipStoreTests
{
    private static readonly IPEndPoint Endpoint = new(IPAddress.Loopback, 11111);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_row_that_its_silo_writes_looks_silent_to_nobody_from_the_first_moment(bool successor)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync();
        using var store = NewStore(redis);
        if (successor)
        {
            // The silo before it on this address has been silent for long.
            await redis.CommandAsync("HSET", "{s/members/c}/BuiltIn", "beat:" + Endpoint, "1");
        }

        var before = await store.ReadAsync(null, cancellation);
        (await store.TryWriteAsync(new(before.Version, before.Version, [NewRow()]) { Heartbeat = Endpoint }, cancellation)).Should().BeTrue();

        var table = await store.ReadAsync(null, cancellation);
        MembershipRules.IsSilent(table, table.Rows.Single()).Should().BeFalse();
    }

    [Fact]
    public async Task what_others_write_in_a_row_is_no_heartbeat()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var redis = await RedisServer.StartAsync();
        using var store = NewStore(redis);
        var before = await store.ReadAsync(null, cancellation);

        (await store.TryWriteAsync(new(before.Version, before.Version, [NewRow()]), cancellation)).Should().BeTrue();

        var table = await store.ReadAsync(null, cancellation);
        MembershipRules.IsSilent(table, table.Rows.Single()).Should().BeTrue();
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("a b=c,ssl=true")]
    public async Task it_connects_with_a_password_that_has_no_place_in_options_as_text(string password)
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.CommandAsync("CONFIG", "SET", "requirepass", password);
        using var store = NewStore(new ConfigurationOptions { EndPoints = { new IPEndPoint(IPAddress.Loopback, redis.Port) }, Password = password });

        (await store.ReadAsync(null, TestContext.Current.CancellationToken)).Rows.Should().BeEmpty();
    }

    [Fact]
    public async Task a_connection_whose_packets_are_dropped_is_made_anew_before_the_others_call_its_silo_dead()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var link = TcpLink.To(redis.Port);
        using var store = NewStore(ConfigurationOptions.Parse($"127.0.0.1:{link.Port}"));
        await store.ReadAsync(Endpoint, TestContext.Current.CancellationToken);
        link.CutConnections();

        var unanswered = 0;
        while (!await AnswersAsync(store))
        {
            (++unanswered).Should().BeLessThan(3, "each of them takes a second, and after five the silo is dead");
        }
    }

    private static async Task<bool> AnswersAsync(RedisMembershipStore store)
    {
        try
        {
            await store.ReadAsync(Endpoint, TestContext.Current.CancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static RedisMembershipStore NewStore(RedisServer redis) => NewStore(ConfigurationOptions.Parse(redis.Address));

    private static RedisMembershipStore NewStore(ConfigurationOptions options) => new(
        Options.Create(new RedisClusteringOptions { ConfigurationOptions = options }),
        Options.Create(new ClusterOptions { ServiceId = "s", ClusterId = "c" }),
        TimeProvider.System);

    private static SiloRow NewRow() => new()
    {
        Address = SiloAddress.New(Endpoint, 1),
        Instance = "instance",
        Status = SiloStatus.Joining,
        Name = "silo",
        Started = DateTimeOffset.UnixEpoch,
        Signature = "",
    };
}
