using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Outages;

public sealed class DatabaseOutageTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task Without_the_database_known_keys_are_served_unknown_ones_are_503_and_writes_are_503()
    {
        var (_, known) = await Shared.A.CreateKeyAsync("known");
        var (_, unknown) = await Shared.A.CreateKeyAsync("never-seen-by-b");
        (await Shared.B.ModelsStatusAsync(known)).Should().Be(HttpStatusCode.OK);
        await Shared.Rig.Postgres.KillAsync();
        try
        {
            (await Shared.B.ChatStatusAsync(SharedCluster.Baseline, known)).Should().Be(HttpStatusCode.OK);
            var stranger = unknown[..10] + new string([.. unknown[10..].Reverse()]);
            (await Shared.B.ModelsStatusAsync(stranger)).Should().Be(HttpStatusCode.Unauthorized, "its checksum does not fit");
            using var write = await Shared.A.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = "lost" });
            write.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            using var word = await Shared.A.AdminAsync(HttpMethod.Put, "/admin/endpoints/baseline/override", new JsonObject { ["mode"] = "drain" });
            word.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            await Eventually.TrueAsync(async () => (await Shared.B.DegradedAsync())?.Contains("keys_stale") == true, "it is told", Promises.Broadcast);
            (await Shared.B.ChatStatusAsync(SharedCluster.Baseline, known)).Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            await Shared.Rig.Postgres.StartAgainAsync();
        }

        await Shared.HealAsync();
        (await Shared.B.ChatStatusAsync(SharedCluster.Baseline, known)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_well_formed_key_that_a_node_does_not_know_is_503_while_nobody_can_look_it_up()
    {
        // Made elsewhere and deleted from here: well-formed, and known to nobody.
        var (id, key) = await Shared.A.CreateKeyAsync("forgotten");
        using (await Shared.A.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}"))
        {
        }

        await using var fresh = Shared.Rig.NewFrontEnd(7);
        await fresh.StartAsync();
        (await fresh.ModelsStatusAsync(key)).Should().Be(HttpStatusCode.Unauthorized);
        await Shared.Rig.Postgres.KillAsync();
        try
        {
            await Eventually.TrueAsync(async () => await fresh.ModelsStatusAsync(key) == HttpStatusCode.ServiceUnavailable, "it cannot be told now", Promises.Broadcast);
        }
        finally
        {
            await Shared.Rig.Postgres.StartAgainAsync();
        }

        await Eventually.TrueAsync(async () => await fresh.ModelsStatusAsync(key) == HttpStatusCode.Unauthorized, "it can be told again", Promises.Failover);
        await fresh.StopAsync();
    }
}
