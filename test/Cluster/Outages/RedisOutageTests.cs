using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Outages;

[Collection(ClusterTests.Name)]
public sealed class RedisOutageTests(SharedCluster shared)
{
    [Fact]
    public async Task Without_redis_everything_is_served_and_an_empty_one_is_filled_again()
    {
        var (_, known) = await shared.A.CreateKeyAsync("before");
        await shared.Rig.Redis.KillAsync();

        var (id, made) = await shared.A.CreateKeyAsync("during");
        (await shared.B.ChatStatusAsync(SharedCluster.Baseline, known)).Should().Be(HttpStatusCode.OK);
        (await shared.B.ChatStatusAsync(SharedCluster.Baseline, made)).Should().Be(HttpStatusCode.OK);
        using var deleted = await shared.A.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}");
        deleted.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await shared.B.ModelsStatusAsync(made)).Should().Be(HttpStatusCode.Unauthorized);

        await shared.Rig.Redis.RestartAsync();

        await shared.HealAsync();
        (await shared.B.ModelsStatusAsync(made)).Should().Be(HttpStatusCode.Unauthorized, "a revocation rests on no Redis");
        await Eventually.TrueAsync(
            async () => shared.Rig.Silos.All(silo => silo.IsRunning) && (await shared.Rig.Redis.CommandAsync("KEYS", "*")).Contains("BuiltIn", StringComparison.OrdinalIgnoreCase),
            "silos list themselves again",
            Promises.Failover);
    }
}
