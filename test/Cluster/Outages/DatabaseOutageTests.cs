using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Outages;

[Collection(ClusterTests.Name)]
public sealed class DatabaseOutageTests(SharedCluster shared)
{
    [Fact]
    public async Task Without_the_database_known_keys_are_served_unknown_ones_are_503_and_writes_are_503()
    {
        var (_, known) = await shared.A.CreateKeyAsync("known");
        var (_, unknown) = await shared.A.CreateKeyAsync("never-seen-by-b");
        (await shared.B.ModelsStatusAsync(known)).Should().Be(HttpStatusCode.OK);
        await shared.Rig.Postgres.KillAsync();
        try
        {
            (await shared.B.ChatStatusAsync(SharedCluster.Baseline, known)).Should().Be(HttpStatusCode.OK);
            var stranger = unknown[..10] + new string([.. unknown[10..].Reverse()]);
            (await shared.B.ModelsStatusAsync(stranger)).Should().Be(HttpStatusCode.Unauthorized, "its checksum does not fit");
            using var write = await shared.A.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = "lost" });
            write.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            using var word = await shared.A.AdminAsync(HttpMethod.Put, "/admin/endpoints/baseline/override", new JsonObject { ["mode"] = "drain" });
            word.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            await Eventually.TrueAsync(async () => (await shared.B.DegradedAsync())?.Contains("keys_stale") == true, "it is told", Promises.Broadcast);
            (await shared.B.ChatStatusAsync(SharedCluster.Baseline, known)).Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            await shared.Rig.Postgres.StartAgainAsync();
        }

        await shared.HealAsync();
        (await shared.B.ChatStatusAsync(SharedCluster.Baseline, known)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_well_formed_key_that_a_node_does_not_know_is_503_while_nobody_can_look_it_up()
    {
        // Made elsewhere and deleted from here: well-formed, and known to nobody.
        var (id, key) = await shared.A.CreateKeyAsync("forgotten");
        using (await shared.A.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}"))
        {
        }

        await using var fresh = shared.Rig.NewFrontEnd(7);
        await fresh.StartAsync();
        (await fresh.ModelsStatusAsync(key)).Should().Be(HttpStatusCode.Unauthorized);
        await shared.Rig.Postgres.KillAsync();
        try
        {
            await Eventually.TrueAsync(async () => await fresh.ModelsStatusAsync(key) == HttpStatusCode.ServiceUnavailable, "it cannot be told now", Promises.Broadcast);
        }
        finally
        {
            await shared.Rig.Postgres.StartAgainAsync();
        }

        await Eventually.TrueAsync(async () => await fresh.ModelsStatusAsync(key) == HttpStatusCode.Unauthorized, "it can be told again", Promises.Failover);
        await shared.HealAsync();
    }
}
