using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Management.Keys;
using Gateway.Storage.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Management.Audit;

public sealed class AuditEndpointsTests
{
    [Fact]
    public async Task Every_change_of_a_key_is_listed_with_its_author_and_without_secrets()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        await client.PatchAsync(created.Id, """{"name":"renamed"}""");
        await client.DeleteAsync(created.Id);

        var answer = await client.GetAsync("/admin/audit");

        var entries = answer.Json["data"]!.AsArray();
        entries.Select(entry => (string)entry!["action"]!).Should().Equal("key.revoke", "key.update", "key.create");
        entries.Should().OnlyContain(entry => (string)entry!["actor"]! == "key:bootstrap-admin" && (string)entry["target"]! == "key:" + created.Id);
        ((string)entries[1]!["before"]!["name"]!).Should().Be("k");
        ((string)entries[1]!["after"]!["name"]!).Should().Be("renamed");
        answer.Text.Should().NotContain(created.Key).And.NotContain("seal").And.NotContain("hash");
    }

    [Fact]
    public async Task Pages_go_back_in_time_and_plain_text_details_are_shown_as_text()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var log = host.Services.GetRequiredService<IAuditLog>();
        for (var i = 0; i < 3; i++)
        {
            await log.WriteAsync("user:local/alice", "endpoint.override", $"endpoint:{i}", "drain: maintenance", TestContext.Current.CancellationToken);
        }

        var first = await client.GetAsync("/admin/audit?limit=2");
        var second = await client.GetAsync($"/admin/audit?limit=2&cursor={(string)first.Json["cursor"]!}");

        first.Json["data"]!.AsArray().Concat(second.Json["data"]!.AsArray()).Select(entry => (string)entry!["target"]!).Should().Equal("endpoint:2", "endpoint:1", "endpoint:0");
        ((string)first.Json["data"]![0]!["after"]!).Should().Be("drain: maintenance");
        ((string)first.Json["data"]![0]!["actor"]!).Should().Be("user:alice");
        ((bool)second.Json["has_more"]!).Should().BeFalse();
        (await client.GetAsync("/admin/audit?cursor=x")).Param.Should().Be("cursor");
    }
}
