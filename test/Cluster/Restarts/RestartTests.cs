using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Restarts;

public sealed class RestartTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task Each_silo_killed_in_turn_costs_no_call_and_its_grains_answer_elsewhere()
    {
        var (_, key) = await Shared.A.CreateKeyAsync("steady");
        foreach (var silo in Shared.Rig.Silos)
        {
            var before = await FeedVersionAsync();
            await silo.KillAsync();

            await EverybodyServesAsync(key);
            await Eventually.TrueAsync(async () => await FeedVersionAsync() is { } version && (version > before || await OverrideWorksAsync()), "the manifest is owned again", Promises.Failover);
            await silo.StartAsync();
            await EverybodyServesAsync(key);
        }
    }

    [Fact]
    public async Task Each_silo_stopped_in_order_leaves_with_code_0_and_costs_no_call()
    {
        var (_, key) = await Shared.A.CreateKeyAsync("steady");
        foreach (var silo in Shared.Rig.Silos)
        {
            (await silo.StopAsync()).Should().Be(0, silo.Output);

            await EverybodyServesAsync(key);
            (await OverrideWorksAsync()).Should().BeTrue();
            await silo.StartAsync();
        }
    }

    [Fact]
    public async Task A_restarted_front_end_serves_what_was_made_before()
    {
        var (_, key) = await Shared.A.CreateKeyAsync("lasting");
        await Shared.B.KillAsync();

        await Shared.B.StartAsync();

        (await Shared.B.ChatStatusAsync(SharedCluster.Baseline, key)).Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_restarted_database_is_used_again()
    {
        await Shared.Rig.Postgres.StopAsync();
        await Shared.Rig.Postgres.StartAgainAsync();
        await Shared.HealAsync();

        var (_, key) = await Shared.A.CreateKeyAsync("after");

        // The look-up makes its connection anew, and one that takes longer than a call's bound is a 503 to be repeated; it is never a 401.
        await Eventually.TrueAsync(
            async () =>
            {
                using var answer = await Shared.B.ChatAsync(SharedCluster.Baseline, key);
                answer.StatusCode.Should().BeOneOf([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], await answer.Content.ReadAsStringAsync());
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "the other node finds the key",
            Promises.Broadcast);
    }

    private async Task EverybodyServesAsync(string key)
    {
        foreach (var node in Shared.FrontEnds)
        {
            (await node.ChatStatusAsync(SharedCluster.Baseline, key)).Should().Be(HttpStatusCode.OK);
        }
    }

    private async Task<long?> FeedVersionAsync()
    {
        var cluster = await Shared.A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster");
        return cluster["nodes"]!.AsArray().Select(node => node!["feed_version"]!.GetValue<long>()).DefaultIfEmpty(0).Max();
    }

    /// <summary>A write that its owner must store.</summary>
    private async Task<bool> OverrideWorksAsync()
    {
        using var set = await Shared.A.AdminAsync(HttpMethod.Put, "/admin/endpoints/baseline/override", new JsonObject { ["mode"] = "live" });
        using var cleared = await Shared.A.AdminAsync(HttpMethod.Delete, "/admin/endpoints/baseline/override");
        return set.IsSuccessStatusCode && cleared.IsSuccessStatusCode;
    }
}
