using Gateway.Api.Tests.Authentication;

namespace Gateway.Api.Tests.Management.Keys;

public sealed class KeyChangeTests
{
    [Fact]
    public async Task Named_fields_change_at_once_and_the_others_stay()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k","owner":"alice","models":["a"],"role":"admin","expires_at":"2031-01-01T00:00:00Z"}""");

        var changed = await client.PatchAsync(created.Id, """{"models":["b","b"],"role":null,"expires_at":null}""", created.ETag);

        changed.Status.Should().Be(200);
        changed.ETag.Should().NotBe(created.ETag);
        changed.Json["key"].Should().BeNull();
        ((string)changed.Json["name"]!).Should().Be("k");
        ((string?)changed.Json["expires_at"]).Should().BeNull();
        var caller = (await host.AuthenticateAsync(created.Key)).Caller!;
        caller.User.Should().Be("user:local/alice");
        caller.Models.Should().Equal("b");
        caller.Role.Should().BeNull();
    }

    [Fact]
    public async Task A_key_is_allowed_to_act_for_others_and_forbidden_again()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"portal","on_behalf_of":true}""");
        ((bool)created.Json["on_behalf_of"]!).Should().BeTrue();
        (await host.AuthenticateAsync(created.Key)).Caller!.ActsOnBehalfOfOthers.Should().BeTrue();

        await client.PatchAsync(created.Id, """{"name":"the portal"}""");
        (await host.AuthenticateAsync(created.Key)).Caller!.ActsOnBehalfOfOthers.Should().BeTrue("nothing was said of it");
        ((bool)(await client.GetAsync("/admin/keys")).Json["data"]![0]!["on_behalf_of"]!).Should().BeTrue();

        await client.PatchAsync(created.Id, """{"on_behalf_of":null}""");
        (await host.AuthenticateAsync(created.Key)).Caller!.ActsOnBehalfOfOthers.Should().BeFalse();
    }

    [Fact]
    public async Task An_old_etag_is_refused_and_nothing_changes()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        await client.PatchAsync(created.Id, """{"name":"first"}""", created.ETag);

        var late = await client.PatchAsync(created.Id, """{"name":"second"}""", created.ETag);

        late.Status.Should().Be(412);
        ((string)(await client.GetAsync("/admin/keys/" + created.Id)).Json["name"]!).Should().Be("first");
        (await client.PatchAsync(created.Id, """{"name":"third"}""", "*")).Status.Should().Be(200);
        (await client.PatchAsync(created.Id, """{"name":"fourth"}""")).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"id":"x"}""", "id")]
    [InlineData("""{"revoked_at":null}""", "revoked_at")]
    [InlineData("""{"expires_at":"2029-01-01T00:00:00Z"}""", "expires_at")]
    public async Task A_wrong_field_is_refused_by_name(string body, string field)
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");

        var answer = await client.PatchAsync(created.Id, body);

        answer.Status.Should().Be(400);
        answer.Param.Should().Be(field);
    }

    [Fact]
    public async Task A_revoked_key_cannot_be_changed_back()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        await client.DeleteAsync(created.Id);

        (await client.PatchAsync(created.Id, """{"name":"x"}""")).Code.Should().Be("key_revoked");
    }

    [Fact]
    public async Task A_forged_record_cannot_be_sealed_by_changing_its_name()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"k"}""");
        await host.ExecuteAsync("UPDATE api_keys SET role = 'admin'");

        (await client.PatchAsync(created.Id, """{"name":"x"}""")).Code.Should().Be("key_forged");
        await using var restarted = await IdentityHost.StartAsync(beside: host);
        (await restarted.AuthenticateAsync(created.Key)).Error!.Status.Should().Be(401);
    }
}
