using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings.Models;

namespace Gateway.Api.Tests.First;

public sealed class FirstRoutesTests
{
    private static readonly ManifestEntry[] Manifest =
    [
        Entries.Live("a") with { Experts = ["m2", "m1"], Model = "Vendor M", Description = "fast" },
        Entries.Live("b", model: "m1"),
        Entries.Live("c", model: "secret") with { AllowedGroups = ["local/physics"] },
        Entries.Live("d", model: "m3").With(EntryStatus.Maintenance),
        Entries.Live("e", model: "m4") with { Cluster = "sophia", Framework = "vllm", ContextWindow = 32_000 },
        Entries.Live("f", model: "m5") with { Cluster = "closed", AllowedDomains = ["example.org"] },
    ];

    [Fact]
    public async Task List_endpoints_has_clusters_frameworks_sorted_models_and_an_array_of_endpoints()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        var list = await host.GetAsync("/resource_server/list-endpoints");

        JsonSerializer.Serialize(list).Should().Be(JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(
            """
            {"clusters":{
              "metis":{"base_url":"/resource_server/metis","frameworks":{"api":{"models":["m1","m2"],
                "endpoints":["/v1/chat/completions","/v1/completions","/v1/embeddings","/v1/responses"]}}},
              "sophia":{"base_url":"/resource_server/sophia","frameworks":{"vllm":{"models":["m4"],
                "endpoints":["/v1/chat/completions","/v1/completions","/v1/embeddings","/v1/responses"]}}}}}
            """)));
    }

    [Fact]
    public async Task A_restricted_model_is_listed_for_members_only()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        foreach (var path in (string[])["/resource_server/list-endpoints", "/resource_server/metis/jobs", "/resource_server/metis/models"])
        {
            (await host.GetAsync(path)).GetRawText().Should().NotContain("secret");
            (await host.GetAsync(path, "physicist")).GetRawText().Should().Contain("secret");
        }
    }

    [Fact]
    public async Task Jobs_have_firsts_keys_and_lists_and_withhold_address_account_and_key()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        var jobs = await host.GetAsync("/resource_server/metis/jobs");

        jobs.EnumerateObject().Select(property => property.Name).Should().BeEquivalentTo(
            "running", "queued", "stopped", "others", "private_batch_running", "private_batch_queued", "cluster_status");
        jobs.GetProperty("queued").GetArrayLength().Should().Be(0);
        JsonSerializer.Serialize(jobs.GetProperty("running")[0]).Should().Be(
            """{"Models":"m2,m1","Framework":"api","Cluster":"metis","Model Status":"running","Description":"Vendor M - fast","Model Version":""}""");
        var stopped = jobs.GetProperty("stopped").EnumerateArray().Should().ContainSingle().Which;
        stopped.GetProperty("Model Status").GetString().Should().Be("maintenance");
        JsonSerializer.Serialize(jobs.GetProperty("cluster_status")).Should().Be(
            """{"cluster":"metis","total_models":3,"live_models":2,"stopped_models":1}""");
        jobs.GetRawText().Should().NotContain("example/v1").And.NotContain("account-");
    }

    [Fact]
    public async Task A_models_length_is_the_smallest_of_its_own_cluster()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(
            Entries.Live("a", model: "m") with { ContextWindow = 128_000 },
            Entries.Live("b", model: "m") with { ContextWindow = 64_000, Framework = "vllm" },
            Entries.Live("c", model: "m") with { ContextWindow = 8_000, Cluster = "sophia" }));

        (await LengthAsync("metis")).Should().Be(64_000);
        (await LengthAsync("sophia")).Should().Be(8_000);

        async Task<int> LengthAsync(string cluster) =>
            (await host.GetAsync($"/resource_server/{cluster}/models"))[0].GetProperty("max_model_len").GetInt32();
    }

    [Fact]
    public async Task Names_of_fallback_chains_are_listed_where_calls_can_say_them()
    {
        var bench = new RoutingBench();
        bench.Models.Chains = new ModelChains(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("smart", ["m4", "m1"]).Add("hidden", ["secret"]));
        bench.Feed([.. Manifest, Entries.Live("g", model: "m6") with { Framework = "vllm" }]);
        await using var host = await RoutesHost.StartAsync(bench);

        var clusters = (await host.GetAsync("/resource_server/list-endpoints")).GetProperty("clusters");
        foreach (var (cluster, framework) in ((string, string)[])[("metis", "api"), ("metis", "vllm"), ("sophia", "vllm")])
        {
            var servable = (await host.GetAsync($"/resource_server/{cluster}/{framework}/v1/models")).GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString());
            Names(clusters.GetProperty(cluster).GetProperty("frameworks").GetProperty(framework).GetProperty("models")).Should().Equal(servable);
        }

        Names(clusters.GetProperty("metis").GetProperty("frameworks").GetProperty("api").GetProperty("models")).Should().Equal("m1", "m2", "smart");
        var smart = await host.GetAsync("/resource_server/sophia/models?model_id=smart");
        JsonSerializer.Serialize(smart).Should().Be(
            """[{"id":"smart","object":"model","cluster":"sophia","framework":"vllm","display_name":"smart","description":"entry e","max_model_len":32000}]""");

        static IEnumerable<string?> Names(JsonElement models) => models.EnumerateArray().Select(model => model.GetString());
    }

    [Fact]
    public async Task A_cluster_whose_entries_are_all_out_of_service_is_known()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Entries.Live("d", model: "m3").With(EntryStatus.Maintenance)));

        (await host.GetAsync("/resource_server/metis/models")).GetArrayLength().Should().Be(0);
        (await host.GetAsync("/resource_server/metis/jobs")).GetProperty("stopped").GetArrayLength().Should().Be(1);
        (await host.GetAsync("/resource_server/metis/api/v1/models")).GetProperty("data").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_drained_entry_is_stopped()
    {
        var bench = new RoutingBench(Manifest);
        await using var host = await RoutesHost.StartAsync(bench);

        bench.Feed(Entries.Override("e", OverrideMode.Drain));

        var jobs = await host.GetAsync("/resource_server/sophia/jobs");
        jobs.GetProperty("stopped")[0].GetProperty("Model Status").GetString().Should().Be("drain");
        (await host.GetAsync("/resource_server/status")).GetProperty("sophia").GetBoolean().Should().BeFalse();
    }

    [Fact]
    public async Task Models_of_a_cluster_are_a_bare_array_with_a_filter()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        var all = await host.GetAsync("/resource_server/metis/models");
        var one = await host.GetAsync("/resource_server/sophia/models?model_id=m4");

        all.EnumerateArray().Select(model => model.GetProperty("id").GetString()).Should().Equal("m1", "m2");
        JsonSerializer.Serialize(one).Should().Be(
            """[{"id":"m4","object":"model","cluster":"sophia","framework":"vllm","display_name":"m4","description":"entry e","max_model_len":32000}]""");
        (await host.RefusedAsync(HttpMethod.Get, "/resource_server/metis/models?model_id=secret")).Should().Be((404, "endpoint_not_found"));
    }

    [Fact]
    public async Task Status_and_health_need_no_credential_and_status_shows_public_clusters_only()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        JsonSerializer.Serialize(await host.GetAsync("/resource_server/health", "")).Should().Be("""{"status":"ok"}""");
        JsonSerializer.Serialize(await host.GetAsync("/resource_server/status", "")).Should().Be("""{"metis":true,"sophia":true}""");
    }

    [Fact]
    public async Task Whoami_tells_the_caller_and_plain_names_of_the_default_issuers_groups()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        JsonSerializer.Serialize(await host.GetAsync("/resource_server/whoami", "physicist")).Should().Be(
            """{"id":"alice","name":"laptop","username":"alice","user_group_uuids":["globus/astro","physics"],"auth_service":"gateway","idp_id":null,"idp_name":null}""");
    }

    [Theory]
    [InlineData("/resource_server/list-endpoints")]
    [InlineData("/resource_server/whoami")]
    [InlineData("/resource_server/metis/jobs")]
    [InlineData("/resource_server/metis/models")]
    public async Task Listings_need_a_credential_and_refuse_other_methods_with_allow(string path)
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        (await host.RefusedAsync(HttpMethod.Get, path, caller: "")).Status.Should().Be(401);
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete])
        {
            using var refused = await host.SendAsync(method, path);
            refused.StatusCode.Should().Be(System.Net.HttpStatusCode.MethodNotAllowed);
            refused.Content.Headers.Allow.Should().Equal("GET", "HEAD");
        }
    }

    [Fact]
    public async Task An_unknown_cluster_is_404_and_a_trailing_slash_is_nothing()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        (await host.RefusedAsync(HttpMethod.Get, "/resource_server/nowhere/jobs")).Should().Be((404, "cluster_not_found"));
        (await host.GetAsync("/resource_server/metis/jobs/")).GetProperty("queued").GetArrayLength().Should().Be(0);
    }
}
