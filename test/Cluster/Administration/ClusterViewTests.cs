using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Administration;

public sealed class ClusterViewTests(SharedCluster shared) : ClusterTest(shared)
{
    [Theory]
    [InlineData("/admin/cluster")]
    [InlineData("/admin/keys")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    public async Task Operator_routes_are_on_the_admin_address_only(string path)
    {
        using var answer = await Shared.A.Client.GetAsync(path);

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_cluster_is_shown_with_all_its_processes()
    {
        var cluster = await Eventually.MatchAsync(
            () => Shared.A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"),
            answer => answer["manifest_version"] is not null && answer["membership_version"] is not null && answer["nodes"]!.AsArray().Count == 3 && answer["silos"]!.AsArray().Count(silo => silo!["settings_hash"] is not null) == 3,
            "three nodes and three silos report",
            Promises.Failover);

        cluster["nodes"]!.AsArray().Select(node => node!["id"]!.GetValue<string>()).Should().BeEquivalentTo(Shared.FrontEnds.Select(node => node.NodeId));
        cluster["silos"]!.AsArray().Where(silo => silo!["status"]!.GetValue<string>() != "dead").Should().HaveCount(3)
            .And.OnlyContain(silo => silo!["status"]!.GetValue<string>() == "active" && silo["activations"]!.GetValue<int>() >= 0);
        cluster["settings_agree"]!.GetValue<bool>().Should().BeTrue(cluster.ToJsonString());
        cluster["membership_version"]!.GetValue<long>().Should().BePositive();
        cluster["manifest_version"]!.GetValue<long>().Should().BePositive();
        await Shared.UntilAllNodesAreListedAsync();
        cluster["unavailable"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task Every_activation_is_listed_at_one_silo()
    {
        // A silo that came back takes its grains back with the next call to them: of the manifest within a second, of endpoints within ten.
        await Eventually.MatchAsync(
            ListKeptAliveAsync,
            text => text.Split(' ') is var listed && listed.Contains("manifest/manifest") && listed.Contains("endpoint/baseline") && listed.Distinct().Count() == listed.Length,
            "what is kept alive is listed, each at one silo",
            TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Requests_of_callers_without_limits_cause_no_grain_call()
    {
        var (_, key) = await Shared.A.CreateKeyAsync("cheap");
        (await Shared.A.ChatStatusAsync(SharedCluster.Baseline, key)).Should().Be(HttpStatusCode.OK);
        var before = await CallsAsync();

        for (var i = 0; i < 50; i++)
        {
            (await Shared.A.ChatStatusAsync(SharedCluster.Baseline, key)).Should().Be(HttpStatusCode.OK);
        }

        var after = await Eventually.MatchAsync(CallsAsync, calls => calls.Background > before.Background, "the node reports again", Promises.Failover);
        after.ByRequests.Should().Be(before.ByRequests);
    }

    private async Task<(long ByRequests, long Background)> CallsAsync()
    {
        var cluster = await Shared.A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster");
        var calls = cluster["nodes"]!.AsArray().Single(node => node!["id"]!.GetValue<string>() == Shared.A.NodeId)!["grain_calls"]!;
        return (calls["by_requests"]!.GetValue<long>(), calls["background"]!.GetValue<long>());
    }

    /// <summary>Ids, with a space between each two.</summary>
    private async Task<string> ListKeptAliveAsync()
    {
        var grains = new List<string>();
        foreach (var silo in await Shared.ActiveSilosAsync())
        {
            var page = await Shared.B.AdminJsonAsync(HttpMethod.Get, $"/admin/silos/{Uri.EscapeDataString(silo)}/grains?limit=1000");
            grains.AddRange(page["data"]!.AsArray().Select(grain => grain!["grain_id"]!.GetValue<string>()).Where(id => id.StartsWith("manifest/", StringComparison.Ordinal) || id.StartsWith("endpoint/", StringComparison.Ordinal)));
        }

        return string.Join(' ', grains.Order(StringComparer.Ordinal));
    }
}
