using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Api.Tests.Routing.Fakes;
using Orleans.Runtime;

namespace Gateway.Api.Tests.Management;

public sealed class ManagementRoutesTests
{
    private readonly RoutingBench bench = new(Entries.Live("a"));

    [Theory]
    [InlineData("GET", "/admin/endpoints")]
    [InlineData("GET", "/admin/endpoints/a")]
    [InlineData("GET", "/admin/endpoints/a/override")]
    [InlineData("PUT", "/admin/endpoints/a/override")]
    [InlineData("DELETE", "/admin/endpoints/a/override")]
    [InlineData("PUT", "/admin/endpoints/a/origin")]
    [InlineData("GET", "/admin/manifest")]
    [InlineData("POST", "/admin/manifest/refresh")]
    [InlineData("GET", "/admin/cluster")]
    [InlineData("GET", "/admin/silos/x/grains")]
    [InlineData("GET", "/openapi/v1.json")]
    public async Task Every_route_refuses_strangers_with_401_and_callers_without_a_role_with_403(string method, string path)
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(new HttpMethod(method), path, caller: "")).Status.Should().Be(401);
        (await host.RefusedAsync(new HttpMethod(method), path, "anyone")).Should().Be((403, "role_required"));
    }

    [Theory]
    [InlineData("PUT", "/admin/endpoints/a/override")]
    [InlineData("POST", "/admin/manifest/refresh")]
    public async Task A_viewer_changes_nothing(string method, string path)
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(new HttpMethod(method), path, "viewer", "{}")).Should().Be((403, "role_required"));
    }

    [Theory]
    [InlineData("/admin/endpoints", "GET, HEAD")]
    [InlineData("/admin/endpoints/a/override", "GET, HEAD, PUT, DELETE")]
    [InlineData("/admin/manifest/refresh", "POST")]
    public async Task Other_methods_are_405_with_allow(string path, string allow)
    {
        await using var host = await RoutesHost.StartAsync(bench);

        using var refused = await host.SendAsync(HttpMethod.Patch, path, "admin");

        refused.StatusCode.Should().Be(System.Net.HttpStatusCode.MethodNotAllowed);
        string.Join(", ", refused.Content.Headers.Allow).Should().Be(allow);
    }

    [Fact]
    public async Task The_manifest_shows_sources_entries_and_why_others_were_rejected()
    {
        bench.Cluster.Manifest.Description = new ManifestDescription
        {
            Version = 7,
            Sources =
            [
                new ManifestSourceState { Name = "metis", Location = "https://status.example/m.json", FetchedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) },
                new ManifestSourceState { Name = "overlay", Location = "/etc/overlay.json", FetchedAt = DateTimeOffset.UnixEpoch, IsOverlay = true },
            ],
            Entries = [Entries.Live("a")],
            Rejected = [new RejectedEntry { Id = "x", Cluster = "metis", Reason = "no_key", Detail = "Add a key." }],
            NotEnforced = ["limits of a"],
            Overrides = [new EndpointOverride { EntryId = "gone", Mode = OverrideMode.Drain, SetBy = "key:1", SetAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) }],
        };
        await using var host = await RoutesHost.StartAsync(bench);

        var manifest = await host.GetAsync("/admin/manifest", "viewer");

        manifest.GetProperty("version").GetInt64().Should().Be(7);
        manifest.GetProperty("source").GetString().Should().Be("https://status.example/m.json");
        manifest.GetProperty("fetched_at").GetString().Should().Be("2026-01-02T03:04:05Z");
        manifest.GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("name").GetString()).Should().Equal("metis", "overlay");
        manifest.GetProperty("entries")[0].GetProperty("id").GetString().Should().Be("a");
        manifest.GetProperty("rejected")[0].GetProperty("reason").GetString().Should().Be("no_key");
        manifest.GetProperty("overrides").GetProperty("gone").GetProperty("mode").GetString().Should().Be("drain");
        manifest.GetProperty("not_enforced")[0].GetString().Should().Be("limits of a");
    }

    [Fact]
    public async Task A_refresh_is_audited_and_answers_with_the_manifest_in_force()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        using var answer = await host.SendAsync(HttpMethod.Post, "/admin/manifest/refresh", "operator");

        answer.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        bench.Cluster.Manifest.Refreshes.Should().Be(1);
        host.Audit.Written.Should().ContainSingle().Which.Action.Should().Be("manifest.refresh");
    }

    [Fact]
    public async Task What_a_silo_that_is_not_active_has_is_not_known()
    {
        var leaving = SiloAddress.New(IPAddress.Loopback, 11112, 6);
        bench.Cluster.Management.Hosts[leaving] = SiloStatus.ShuttingDown;
        await using var host = await RoutesHost.StartAsync(bench);

        var cluster = await host.GetAsync("/admin/cluster", "viewer");
        var grains = await host.GetAsync("/admin/silos/127.0.0.1%3A11112%406/grains", "viewer");

        cluster.GetProperty("silos").EnumerateArray().Select(silo => silo.GetProperty("activations").ValueKind).Should().Equal(JsonValueKind.Number, JsonValueKind.Null);
        grains.GetProperty("unavailable")[0].GetString().Should().Be("127.0.0.1:11112@6");
    }

    [Fact]
    public async Task The_cluster_shows_nodes_silos_engine_and_whether_settings_agree()
    {
        await bench.Cluster.Manifest.Heartbeat(Beat("n1", "h1"));
        await bench.Cluster.Manifest.Heartbeat(Beat("n2", "h2"));
        await using var host = await RoutesHost.StartAsync(bench);

        var cluster = await host.GetAsync("/admin/cluster", "viewer");

        cluster.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()).Should().Equal("n1", "n2");
        cluster.GetProperty("nodes")[0].GetProperty("in_flight").GetInt32().Should().Be(4);
        cluster.GetProperty("nodes_complete").GetBoolean().Should().BeTrue();
        cluster.GetProperty("settings_agree").GetBoolean().Should().BeFalse();
        cluster.GetProperty("silos")[0].GetProperty("id").GetString().Should().Be("127.0.0.1:11111@5");
        cluster.GetProperty("silos")[0].GetProperty("status").GetString().Should().Be("active");
        cluster.GetProperty("silos")[0].GetProperty("activations").GetInt32().Should().Be(5);
        cluster.GetProperty("engine").GetString().Should().BeOneOf("BuiltIn", "Orleans");
        cluster.GetProperty("manifest_version").GetInt64().Should().Be(bench.State.Current!.ManifestVersion);
    }

    [Fact]
    public async Task An_unreachable_owner_is_named_with_200()
    {
        bench.Cluster.Manifest.IsLost = true;
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.GetAsync("/admin/cluster", "viewer")).GetProperty("unavailable")[0].GetString().Should().Be("nodes");
        (await host.GetAsync("/admin/manifest", "viewer")).GetProperty("unavailable")[0].GetString().Should().Be("manifest");
    }

    [Fact]
    public async Task The_grains_of_a_silo_are_listed_by_its_escaped_id()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        var grains = await host.GetAsync("/admin/silos/127.0.0.1%3A11111%405/grains", "viewer");

        grains.GetProperty("data")[0].GetProperty("grain_id").GetString().Should().Be("endpoint/a");
        (await host.RefusedAsync(HttpMethod.Get, "/admin/silos/127.0.0.1%3A1%401/grains", "viewer")).Should().Be((404, "silo_not_found"));
    }

    [Fact]
    public async Task The_document_describes_the_management_routes()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        var paths = (await host.GetAsync("/openapi/v1.json", "viewer")).GetProperty("paths");

        paths.TryGetProperty("/admin/endpoints/{id}/override", out var path).Should().BeTrue();
        path.EnumerateObject().Select(method => method.Name).Should().BeEquivalentTo("get", "head", "put", "delete");
        using var head = await host.SendAsync(HttpMethod.Head, "/openapi/v1.json", "viewer");
        head.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
    }

    private static NodeHeartbeat Beat(string id, string hash) =>
        new() { NodeId = id, Version = "0.1.0", SettingsHash = hash, InFlight = 4, FeedVersion = 1, KeysVersion = 1 };
}
