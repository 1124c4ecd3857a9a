using System.Net;
using System.Text.Json;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing;

namespace Gateway.Api.Tests.Models;

public sealed class ModelRoutesTests
{
    private static readonly ManifestEntry[] Manifest =
    [
        Entries.Live("a", model: "org/model-1") with { ContextWindow = 8_000 },
        Entries.Live("b", model: "org/model-1") with { ContextWindow = 4_000 },
        Entries.Live("c", model: "secret") with { AllowedGroups = ["local/physics"] },
        Entries.Live("d", model: "asleep").With(EntryStatus.Offline),
    ];

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/")]
    [InlineData("/models")]
    [InlineData("/v1/models?cluster=none&framework=none")]
    [InlineData("/v1/v1/models")]
    [InlineData("/openai/v1/models")]
    [InlineData("/resource_server/v1/models")]
    [InlineData("/resource_server/metis/api/v1/models")]
    public async Task The_list_is_at_every_base_and_has_the_shapes_of_both_vendors(string path)
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        var list = await host.GetAsync(path);

        list.GetProperty("object").GetString().Should().Be("list");
        list.GetProperty("has_more").GetBoolean().Should().BeFalse();
        list.GetProperty("first_id").GetString().Should().Be("org/model-1");
        list.GetProperty("last_id").GetString().Should().Be("org/model-1");
        var model = list.GetProperty("data").EnumerateArray().Should().ContainSingle().Which;
        model.GetProperty("id").GetString().Should().Be("org/model-1");
        model.GetProperty("object").GetString().Should().Be("model");
        model.GetProperty("type").GetString().Should().Be("model");
        model.GetProperty("owned_by").GetString().Should().Be("metis");
        model.GetProperty("display_name").GetString().Should().Be("org/model-1");
        model.GetProperty("context_window").GetInt32().Should().Be(4_000);
        var created = model.GetProperty("created").GetInt64();
        model.GetProperty("created_at").GetDateTimeOffset().ToUnixTimeSeconds().Should().Be(created);
    }

    [Theory]
    [InlineData("/v1/models/org/model-1")]
    [InlineData("/v1/models/org%2Fmodel-1")]
    [InlineData("/v1/models/org/model-1/")]
    [InlineData("/v1/models/org/model-1?cluster=none")]
    [InlineData("/models/org/model-1")]
    [InlineData("/resource_server/metis/api/v1/models/org%2fmodel-1")]
    public async Task One_model_is_found_by_its_id_raw_or_escaped(string path)
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        (await host.GetAsync(path)).GetProperty("id").GetString().Should().Be("org/model-1");
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("asleep")]
    [InlineData("unknown")]
    [InlineData("ORG/model-1")]
    public async Task What_a_caller_cannot_use_does_not_exist(string id)
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        (await host.RefusedAsync(HttpMethod.Get, "/v1/models/" + id)).Should().Be((404, "model_not_found"));
    }

    [Fact]
    public async Task A_member_of_the_group_sees_its_models_too()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        var list = await host.GetAsync("/v1/models", "physicist");

        list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).Should().Equal("org/model-1", "secret");
    }

    [Fact]
    public async Task An_open_circuit_hides_nothing_and_a_drain_does()
    {
        var bench = new RoutingBench(Manifest);
        await using var host = await RoutesHost.StartAsync(bench);

        bench.Feed(bench.Open("a"), bench.Open("b"));
        (await host.GetAsync("/v1/models")).GetProperty("data").GetArrayLength().Should().Be(1);
        bench.Feed(Entries.Override("a", OverrideMode.Drain), Entries.Override("b", OverrideMode.Maintenance));
        (await host.GetAsync("/v1/models")).GetProperty("data").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task A_path_that_names_a_cluster_lists_what_calls_on_it_can_reach()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(
            Entries.Live("a", model: "everywhere") with { ContextWindow = 8_000 },
            Entries.Live("b", model: "everywhere") with { Cluster = "other", ContextWindow = 4_000 },
            Entries.Live("c", model: "elsewhere") with { Cluster = "other" },
            Entries.Live("d", model: "of-vllm") with { Framework = "vllm" }));

        var list = await host.GetAsync("/resource_server/metis/api/v1/models");

        var model = list.GetProperty("data").EnumerateArray().Should().ContainSingle().Which;
        model.GetProperty("id").GetString().Should().Be("everywhere");
        model.GetProperty("context_window").GetInt32().Should().Be(8_000);
        (await host.RefusedAsync(HttpMethod.Get, "/resource_server/metis/api/v1/models/elsewhere")).Should().Be((404, "model_not_found"));
        (await host.GetAsync("/resource_server/other/api/v1/models/elsewhere")).GetProperty("id").GetString().Should().Be("elsewhere");
        (await host.GetAsync("/v1/models")).GetProperty("data").GetArrayLength().Should().Be(3);
    }

    [Fact]
    public async Task Two_calls_answer_the_same_bytes()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        JsonSerializer.Serialize(await host.GetAsync("/v1/models")).Should().Be(JsonSerializer.Serialize(await host.GetAsync("/v1/models")));
    }

    [Fact]
    public async Task Head_answers_the_headers_of_get()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        using var get = await host.SendAsync(HttpMethod.Get, "/v1/models");
        using var head = await host.SendAsync(HttpMethod.Head, "/v1/models");

        head.StatusCode.Should().Be(get.StatusCode);
        head.Content.Headers.ContentLength.Should().Be(get.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Other_methods_strangers_and_unknown_clusters_are_refused()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Manifest));

        (await host.RefusedAsync(HttpMethod.Post, "/v1/models")).Should().Be((405, "method_not_allowed"));
        (await host.RefusedAsync(HttpMethod.Delete, "/v1/models/x/y")).Should().Be((405, "method_not_allowed"));
        (await host.RefusedAsync(HttpMethod.Get, "/v1/models", caller: "")).Should().Be((401, "invalid_api_key"));
        (await host.RefusedAsync(HttpMethod.Get, "/resource_server/other/api/v1/models")).Should().Be((404, "cluster_not_found"));
    }

    [Fact]
    public async Task Before_the_first_manifest_a_listing_waits_for_it()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench());
        var listing = host.GetAsync("/v1/models");
        var found = host.SendAsync(HttpMethod.Get, "/v1/models/org/model-1");

        await Task.WhenAny(listing, found, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken));
        host.Bench.Feed(Manifest);

        (await listing).GetProperty("data").GetArrayLength().Should().BePositive();
        using var answer = await found;
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_manifest_a_listing_says_so_in_the_end()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench());
        var listing = host.RefusedAsync(HttpMethod.Get, "/v1/models");

        await Eventually.TrueAsync(
            () =>
            {
                host.Bench.Time.Advance(TimeSpan.FromSeconds(1));
                return listing.IsCompleted;
            },
            "it does not wait for ever");

        (await listing).Should().Be((503, "not_ready"));
    }
}
