using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Management;

public sealed class OriginApprovalTests
{
    private const string Path = "/admin/endpoints/moved/origin";
    private readonly RoutingBench bench = new(Entries.Live("a"));

    public OriginApprovalTests() => bench.Cluster.Manifest.Origins["moved"] =
        new EntryOrigin { EndpointId = "account", Named = "https://new.example:443", Bound = ["https://old.example:443"] };

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"origin":"https://NEW.example"}""")]
    [InlineData("""{"origin":"https://new.example:443/"}""")]
    public async Task An_origin_is_approved_by_admins_only_and_the_audit_says_what_it_was_and_is(string? body)
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(HttpMethod.Put, Path, "operator", body)).Should().Be((403, "role_required"));
        using var approved = await host.SendAsync(HttpMethod.Put, Path, "admin", body);

        (await approved.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Be("""{"id":"moved","origin":"https://new.example:443"}""");
        host.Audit.Written.Should().ContainSingle().Which.Should().BeEquivalentTo(new
        {
            Action = "endpoint.origin",
            Target = "endpoint:moved",
            Before = """{"endpoint_id":"account","origins":["https://old.example:443"]}""",
            After = """{"endpoint_id":"account","origin":"https://new.example:443"}""",
        });
    }

    [Theory]
    [InlineData("https://other.example")]
    [InlineData("https://new.example:8443")]
    [InlineData("http://new.example:443")]
    public async Task An_origin_that_the_manifest_does_not_name_is_a_conflict_and_changes_nothing(string origin)
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(HttpMethod.Put, Path, "admin", $$"""{"origin":"{{origin}}"}""")).Should().Be((409, "origin_differs"));

        host.Audit.Written.Should().BeEmpty();
        bench.Cluster.Manifest.Origins["moved"].Bound.Should().Equal("https://old.example:443");
    }

    [Fact]
    public async Task A_manifest_that_names_another_one_meanwhile_gets_no_approval()
    {
        await using var host = await RoutesHost.StartAsync(bench);
        bench.Cluster.Manifest.IsOriginMoving = true;

        (await host.RefusedAsync(HttpMethod.Put, Path, "admin")).Should().Be((409, "origin_differs"));
    }

    [Fact]
    public async Task Nothing_is_audited_about_entries_that_there_are_not()
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(HttpMethod.Put, "/admin/endpoints/zzz/origin", "admin")).Should().Be((404, "endpoint_not_found"));
        host.Audit.Written.Should().BeEmpty();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"orgin":"https://new.example"}""")]
    [InlineData("""{"origin":5}""")]
    [InlineData("""{"origin":"new.example"}""")]
    [InlineData("""{"origin":"https://new.example/v1"}""")]
    [InlineData("""{"origin":"https://u:p@new.example"}""")]
    [InlineData("""{"origin":"https://xn--\u00fc.example"}""")]
    [InlineData("""{"origin":"ftp://new.example"}""")]
    public async Task A_wrong_body_changes_nothing(string body)
    {
        await using var host = await RoutesHost.StartAsync(bench);

        (await host.RefusedAsync(HttpMethod.Put, Path, "admin", body)).Status.Should().Be(400);
        host.Audit.Written.Should().BeEmpty();
    }
}
