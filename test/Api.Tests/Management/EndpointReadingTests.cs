using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Management;

public sealed class EndpointReadingTests
{
    [Fact]
    public async Task The_list_shows_each_entry_with_its_circuit_and_load_by_id()
    {
        var bench = new RoutingBench(Entries.Live("b"), Entries.Live("a").With(EntryStatus.Offline));
        bench.Cluster.Endpoint("b").Verdict = bench.Cluster.Endpoint("b").Next(CircuitState.HalfOpen, bench.Time.GetUtcNow());
        await using var host = await RoutesHost.StartAsync(bench);

        var list = await host.GetAsync("/admin/endpoints", "viewer");

        var rows = list.GetProperty("data").EnumerateArray().ToArray();
        rows.Select(row => row.GetProperty("id").GetString()).Should().Equal("a", "b");
        rows[0].GetProperty("status").GetString().Should().Be("offline");
        rows[0].GetProperty("circuit").GetString().Should().Be("closed");
        rows[1].GetProperty("circuit").GetString().Should().Be("half_open");
        rows[1].GetProperty("in_flight").GetInt32().Should().Be(3);
        rows[1].GetProperty("models")[0].GetString().Should().Be("m");
        rows[1].GetProperty("silo").GetString().Should().Be("silo-a");
        list.GetProperty("unavailable").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task Pages_follow_each_other_and_end()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Entries.Live("a"), Entries.Live("b"), Entries.Live("c")));

        var first = await host.GetAsync("/admin/endpoints?limit=2", "viewer");
        var second = await host.GetAsync("/admin/endpoints?limit=2&after=b", "viewer");

        first.GetProperty("has_more").GetBoolean().Should().BeTrue();
        second.GetProperty("data").EnumerateArray().Single().GetProperty("id").GetString().Should().Be("c");
        second.GetProperty("has_more").GetBoolean().Should().BeFalse();
        (await host.RefusedAsync(HttpMethod.Get, "/admin/endpoints?limit=0", "viewer")).Status.Should().Be(400);
        (await host.RefusedAsync(HttpMethod.Get, "/admin/endpoints?limit=many", "viewer")).Status.Should().Be(400);
    }

    [Fact]
    public async Task An_owner_that_does_not_answer_costs_its_own_line_only()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));
        bench.Cluster.Endpoint("a").OnDescribe = () => new TaskCompletionSource<EndpointDescription>().Task;
        await using var host = await RoutesHost.StartAsync(bench);

        var list = await host.GetAsync("/admin/endpoints", "viewer");
        var one = await host.GetAsync("/admin/endpoints/a", "viewer");

        list.GetProperty("data").GetArrayLength().Should().Be(2);
        list.GetProperty("unavailable").EnumerateArray().Select(id => id.GetString()).Should().Equal("a");
        one.GetProperty("unavailable")[0].GetString().Should().Be("a");
        one.GetProperty("circuit").GetString().Should().Be("closed");
    }

    [Fact]
    public async Task One_entry_shows_its_last_probe()
    {
        var bench = new RoutingBench(Entries.Live("a") with { Probe = ProbeKind.Models });
        var told = await bench.Cluster.Endpoint("a").Describe();
        var probe = new ProbeResult
        {
            Kind = ProbeKind.Models,
            At = bench.Time.GetUtcNow(),
            Failure = UpstreamFailure.ServerError,
            Status = 502,
            Duration = TimeSpan.FromMilliseconds(12),
        };
        await using var host = await RoutesHost.StartAsync(bench);
        var before = await host.GetAsync("/admin/endpoints/a", "viewer");
        bench.Cluster.Endpoint("a").OnDescribe = () => Task.FromResult(told with { LastProbe = probe });

        var after = await host.GetAsync("/admin/endpoints/a", "viewer");

        before.GetProperty("probe").GetString().Should().Be("models");
        before.TryGetProperty("last_probe", out var none).Should().Be(none.ValueKind == JsonValueKind.Null);
        after.GetProperty("last_probe").GetProperty("failure").GetString().Should().Be("server_error");
        after.GetProperty("last_probe").GetProperty("status").GetInt32().Should().Be(502);
        after.GetProperty("last_probe").GetProperty("duration_ms").GetDouble().Should().Be(12);
    }

    [Fact]
    public async Task One_entry_shows_its_whole_state_and_no_secret()
    {
        var bench = new RoutingBench(Entries.Live("org/a b") with
        {
            Url = "https://up.example/v1?code=query-secret",
            Headers = ImmutableDictionary<string, string>.Empty.Add("x-team", "header-secret"),
            Query = ImmutableDictionary<string, string>.Empty.Add("sig", "signature-secret"),
        });
        await using var host = await RoutesHost.StartAsync(bench);

        var one = await host.GetAsync("/admin/endpoints/org%2Fa%20b", "viewer");

        one.GetProperty("id").GetString().Should().Be("org/a b");
        one.GetProperty("origin").GetString().Should().Be("https://up.example");
        one.GetProperty("header_names")[0].GetString().Should().Be("x-team");
        one.GetProperty("query_names")[0].GetString().Should().Be("sig");
        one.GetProperty("requests").GetInt64().Should().Be(7);
        one.GetProperty("failures_by_cause").GetProperty("ServerError").GetInt64().Should().Be(2);
        one.GetProperty("auth").GetString().Should().Be("bearer");
        one.GetProperty("timeouts").GetProperty("first_byte").GetDouble().Should().Be(90);
        one.TryGetProperty("state_version", out _).Should().BeTrue();
        one.TryGetProperty("activated_at", out _).Should().BeTrue();
        one.TryGetProperty("as_of", out _).Should().BeTrue();
        one.GetRawText().Should().NotContain("-secret").And.NotContain("sk-account");
    }

    [Fact]
    public async Task An_unknown_entry_is_404()
    {
        await using var host = await RoutesHost.StartAsync(new RoutingBench(Entries.Live("a")));

        (await host.RefusedAsync(HttpMethod.Get, "/admin/endpoints/zzz", "viewer")).Should().Be((404, "endpoint_not_found"));
    }
}
