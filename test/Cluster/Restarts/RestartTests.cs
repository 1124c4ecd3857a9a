using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Restarts;

[Collection(ClusterTests.Name)]
public sealed class RestartTests(SharedCluster shared)
{
    [Fact]
    public async Task Each_silo_killed_in_turn_costs_no_call_and_its_grains_answer_elsewhere()
    {
        var (_, key) = await shared.A.CreateKeyAsync("steady");
        foreach (var silo in shared.Rig.Silos)
        {
            var before = await FeedVersionAsync();
            await silo.KillAsync();

            await EverybodyServesAsync(key);
            await Eventually.TrueAsync(async () => await FeedVersionAsync() is { } version && (version > before || await OverrideWorksAsync()), "the manifest is owned again", Promises.Failover);
            await silo.StartAsync();
            await EverybodyServesAsync(key);
        }

        await shared.HealAsync();
    }

    [Fact]
    public async Task Each_silo_stopped_in_order_leaves_with_code_0_and_costs_no_call()
    {
        var (_, key) = await shared.A.CreateKeyAsync("steady");
        foreach (var silo in shared.Rig.Silos)
        {
            (await silo.StopAsync()).Should().Be(0, silo.Output);

            await EverybodyServesAsync(key);
            (await OverrideWorksAsync()).Should().BeTrue();
            await silo.StartAsync();
        }

        await shared.HealAsync();
    }

    [Fact]
    public async Task A_restarted_front_end_serves_what_was_made_before()
    {
        var (_, key) = await shared.A.CreateKeyAsync("lasting");
        await shared.B.KillAsync();

        await shared.B.StartAsync();

        (await shared.B.ChatStatusAsync(SharedCluster.Baseline, key)).Should().Be(HttpStatusCode.OK);
        await shared.HealAsync();
    }

    [Fact]
    public async Task A_restarted_database_is_used_again()
    {
        await shared.Rig.Postgres.StopAsync();
        await shared.Rig.Postgres.StartAgainAsync();
        await shared.HealAsync();

        var (_, key) = await shared.A.CreateKeyAsync("after");

        (await shared.B.ChatStatusAsync(SharedCluster.Baseline, key)).Should().Be(HttpStatusCode.OK);
    }

    private async Task EverybodyServesAsync(string key)
    {
        foreach (var node in (FrontEndPart[])[shared.A, shared.B])
        {
            (await node.ChatStatusAsync(SharedCluster.Baseline, key)).Should().Be(HttpStatusCode.OK);
        }
    }

    private async Task<long?> FeedVersionAsync()
    {
        var cluster = await shared.A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster");
        return cluster["nodes"]!.AsArray().Select(node => node!["feed_version"]!.GetValue<long>()).DefaultIfEmpty(0).Max();
    }

    /// <summary>A write that its owner must store.</summary>
    private async Task<bool> OverrideWorksAsync()
    {
        using var set = await shared.A.AdminAsync(HttpMethod.Put, "/admin/endpoints/baseline/override", new JsonObject { ["mode"] = "live" });
        using var cleared = await shared.A.AdminAsync(HttpMethod.Delete, "/admin/endpoints/baseline/override");
        return set.IsSuccessStatusCode && cleared.IsSuccessStatusCode;
    }
}
