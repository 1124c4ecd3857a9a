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
        deleted.IsSuccessStatusCode.Should().BeTrue();
        await Eventually.TrueAsync(async () => await Shared.B.ModelsStatusAsync(made) == HttpStatusCode.Unauthorized, "the other node refuses it", Promises.Broadcast);

        await Shared.Rig.Redis.RestartAsync();

        await Shared.HealAsync();
        (await Shared.B.ModelsStatusAsync(made)).Should().Be(HttpStatusCode.Unauthorized, "a revocation rests on no Redis");
        await Eventually.TrueAsync(
            async () => Shared.Rig.Silos.All(silo => silo.IsRunning) && (await Shared.Rig.Redis.CommandAsync("KEYS", "*")).Contains("BuiltIn", StringComparison.OrdinalIgnoreCase),
            "silos list themselves again",
            Promises.Failover);
    }

    [Fact]
    public async Task A_redis_with_an_old_dump_revives_no_key_and_rolls_nothing_back()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = Shared.NewName("model");
        var (id, key) = await Shared.A.CreateKeyAsync("revoked-later");
        var (_, reader) = await Shared.A.CreateKeyAsync("reader");
        await Shared.Rig.Redis.CommandAsync("SAVE");
        using (await Shared.A.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}"))
        {
        }

        await Shared.Rig.Silos[0].StopAsync();
        await Shared.Rig.Silos[0].StartAsync();
        var before = await VersionsAsync();

        await Shared.Rig.Redis.RestartAsync(keepSaved: true);

        await Shared.HealAsync();
        foreach (var node in Shared.FrontEnds)
        {
            (await node.ModelsStatusAsync(key)).Should().Be(HttpStatusCode.Unauthorized);
        }

        Shared.Add(upstream.Url, model);
        foreach (var node in Shared.FrontEnds)
        {
            await Eventually.TrueAsync(async () => await node.ChatStatusAsync(model, reader) == HttpStatusCode.OK, $"{node.Name} has the edit", Promises.Failover);
        }

        var after = await VersionsAsync();
        after.Membership.Should().BeGreaterThanOrEqualTo(before.Membership);
        after.Manifest.Should().BeGreaterThan(before.Manifest);
    }

    /// <summary>A silo that is just starting is named as unavailable, and what it owns is left out.</summary>
    private async Task<(long Membership, long Manifest)> VersionsAsync()
    {
        var cluster = await Eventually.MatchAsync(
            () => Shared.A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"),
            cluster => cluster["membership_version"] is not null && cluster["manifest_version"] is not null,
            "both versions are known",
            Promises.Failover);
        return (cluster["membership_version"]!.GetValue<long>(), cluster["manifest_version"]!.GetValue<long>());
    }
}
