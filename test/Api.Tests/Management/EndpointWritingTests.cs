using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Management;

public sealed class EndpointWritingTests
{
    private readonly RoutingBench bench = new(Entries.Live("a"), Entries.Live("b"));

    [Fact]
    public async Task An_override_is_set_with_its_author_audited_shown_and_cleared()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        using var set = await host.SendAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", """{"mode":"drain","reason":"disk","notice":"Back soon."}""");
        bench.State.Apply(bench.Cluster.Manifest.Feed with { Manifest = null });

        set.StatusCode.Should().Be(System.Net.HttpStatusCode.OK);
        bench.Cluster.Manifest.Feed.Overrides.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { EntryId = "a", Mode = OverrideMode.Drain, Reason = "disk", Notice = "Back soon.", SetBy = "key:1" });
        host.Audit.Written.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Actor = "key:1", Action = "endpoint.override", Target = "endpoint:a" });
        (await host.GetAsync("/admin/endpoints/a", "viewer")).GetProperty("override").GetProperty("mode").GetString().Should().Be("drain");

        using var cleared = await host.SendAsync(HttpMethod.Delete, "/admin/endpoints/a/override", "operator");
        cleared.StatusCode.Should().Be(System.Net.HttpStatusCode.NoContent);
        (await host.RefusedAsync(HttpMethod.Delete, "/admin/endpoints/a/override", "operator")).Should().Be((404, "override_not_found"));
    }

    [Fact]
    public async Task Live_ends_an_ejection_and_drain_does_not()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        using var drain = await host.SendAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", """{"mode":"drain"}""");
        bench.Cluster.Endpoint("a").EjectionsEnded.Should().Be(0);
        using var live = await host.SendAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", """{"mode":"live"}""");
        bench.Cluster.Endpoint("a").EjectionsEnded.Should().Be(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"mode":"off"}""")]
    [InlineData("""{"mode":1}""")]
    [InlineData("""{"mode":"drain","mode":"live"}""")]
    [InlineData("""{"mode":"drain","reason":5}""")]
    [InlineData("""{"mode":"drain","until":"2030-01-01T00:00:00Z"}""")]
    public async Task A_wrong_body_changes_nothing(string body)
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", body)).Status.Should().Be(400);
        bench.Cluster.Manifest.Feed.Overrides.Should().BeEmpty();
        host.Audit.Written.Should().BeEmpty();
    }

    [Fact]
    public async Task An_unknown_field_is_named()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        using var refused = await host.SendAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", """{"mode":"drain","until":"2030-01-01T00:00:00Z"}""");

        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("\"param\":\"until\"");
    }

    [Fact]
    public async Task The_override_of_an_entry_that_left_the_manifest_is_shown_and_cleared()
    {
        await using var host = await RoutesHost.StartAsync(bench);
        using var set = await host.SendAsync(HttpMethod.Put, "/admin/endpoints/b/override", "operator", """{"mode":"drain","reason":"disk"}""");
        bench.Feed(Entries.Live("a"));

        (await host.GetAsync("/admin/endpoints/b/override", "viewer")).GetProperty("override").GetProperty("reason").GetString().Should().Be("disk");
        using var cleared = await host.SendAsync(HttpMethod.Delete, "/admin/endpoints/b/override", "operator");

        cleared.StatusCode.Should().Be(System.Net.HttpStatusCode.NoContent);
        bench.Cluster.Manifest.Feed.Overrides.Should().BeEmpty();
        host.Audit.Written.Last().Should().BeEquivalentTo(new { Action = "endpoint.override.clear", After = (string?)null });
        host.Audit.Written.Last().Before.Should().Contain("disk");
    }

    [Fact]
    public async Task Where_there_is_no_override_reading_it_says_so()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(HttpMethod.Get, "/admin/endpoints/a/override", "viewer")).Should().Be((404, "override_not_found"));
        (await host.RefusedAsync(HttpMethod.Get, "/admin/endpoints/zzz/override", "viewer")).Should().Be((404, "endpoint_not_found"));
        (await host.RefusedAsync(HttpMethod.Delete, "/admin/endpoints/zzz/override", "operator")).Should().Be((404, "endpoint_not_found"));
    }

    [Theory]
    [InlineData("PUT", "a/override", "If-Match", "\"1\"")]
    [InlineData("PUT", "a/override", "If-None-Match", "*")]
    [InlineData("DELETE", "a/override", "If-Match", "\"1\"")]
    [InlineData("PUT", "a/origin", "If-Match", "*")]
    public async Task A_condition_on_what_has_no_version_is_refused_instead_of_ignored(string method, string path, string header, string value)
    {
        await using var host = await RoutesHost.StartAsync(bench);
        using var request = new HttpRequestMessage(new HttpMethod(method), "/admin/endpoints/" + path) { Content = new StringContent("""{"mode":"drain"}""") };
        request.Headers.Authorization = new("Bearer", "admin");
        request.Headers.TryAddWithoutValidation(header, value);

        using var refused = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);

        refused.StatusCode.Should().Be(System.Net.HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain(header);
        host.Audit.Written.Should().BeEmpty();
    }

    [Fact]
    public async Task Texts_and_bodies_are_bounded()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", $$"""{"mode":"drain","notice":"{{new string('x', 1_001)}}"}""")).Status.Should().Be(400);
        (await host.RefusedAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", $$"""{"mode":"drain","x":"{{new string('x', 20_000)}}"}""")).Status.Should().Be(400);
    }

    [Fact]
    public async Task Without_an_audit_entry_nothing_is_changed()
    {
        await using var host = await RoutesHost.StartAsync(bench);
        host.Audit.Failure = new Gateway.Storage.StorageUnavailableException("down");

        using var refused = await host.SendAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", """{"mode":"drain"}""");

        refused.StatusCode.Should().Be(System.Net.HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("storage_unavailable").And.Contain("nothing was changed");
        bench.Cluster.Manifest.Feed.Overrides.Should().BeEmpty();
    }

    [Fact]
    public async Task A_change_whose_storing_has_an_unknown_outcome_is_not_said_to_be_undone()
    {
        await using var host = await RoutesHost.StartAsync(bench);
        bench.Cluster.Manifest.WriteFailure = new Gateway.Abstractions.StorageUnavailableException("slow");

        using var refused = await host.SendAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", """{"mode":"drain"}""");

        refused.StatusCode.Should().Be(System.Net.HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("storage_unavailable")
            .And.Contain("whether the change was made is not known").And.Contain("Read it back").And.NotContain("nothing was changed");
    }

    [Fact]
    public async Task A_lost_silo_is_said_without_its_exception()
    {
        await using var host = await RoutesHost.StartAsync(bench);
        bench.Cluster.Manifest.IsLost = true;

        using var refused = await host.SendAsync(HttpMethod.Put, "/admin/endpoints/a/override", "operator", """{"mode":"drain"}""");

        refused.StatusCode.Should().Be(System.Net.HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Contain("cluster_unavailable").And.NotContain("The silo is gone");
    }
}
