using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Outages;

public sealed class RedisOutageTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task Without_redis_everything_is_served_and_an_empty_one_is_filled_again()
    {
        var (_, known) = await Shared.A.CreateKeyAsync("before");
        await Shared.Rig.Redis.KillAsync();

        var (id, made) = await Shared.A.CreateKeyAsync("during");
        (await Shared.B.ChatStatusAsync(SharedCluster.Baseline, known)).Should().Be(HttpStatusCode.OK);
        (await Shared.B.ChatStatusAsync(SharedCluster.Baseline, made)).Should().Be(HttpStatusCode.OK);
        using var deleted = await Shared.A.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}");
        deleted.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await Shared.B.ModelsStatusAsync(made)).Should().Be(HttpStatusCode.Unauthorized);

        await Shared.Rig.Redis.RestartAsync();

        await Shared.HealAsync();
        (await Shared.B.ModelsStatusAsync(made)).Should().Be(HttpStatusCode.Unauthorized, "a revocation rests on no Redis");
        await Eventually.TrueAsync(
            async () => Shared.Rig.Silos.All(silo => silo.IsRunning) && (await Shared.Rig.Redis.CommandAsync("KEYS", "*")).Contains("BuiltIn", StringComparison.OrdinalIgnoreCase),
            "silos list themselves again",
            Promises.Failover);
    }
}
