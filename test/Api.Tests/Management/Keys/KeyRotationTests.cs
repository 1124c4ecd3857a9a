using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Authentication;

namespace Gateway.Api.Tests.Management.Keys;

public sealed class KeyRotationTests
{
    [Fact]
    public async Task Both_texts_work_for_the_overlap_and_are_one_key()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"ci","owner":"alice","models":["m"]}""");

        var rotated = await client.PostToAsync($"/admin/keys/{created.Id}/rotate", """{"overlap_seconds":60}""");

        rotated.Status.Should().Be(200);
        rotated.Id.Should().Be(created.Id);
        rotated.Key.Should().NotBe(created.Key);
        ((string?)rotated.Json["previous_valid_until"]).Should().NotBeNull();
        var (before, after) = ((await host.AuthenticateAsync(created.Key)).Caller!, (await host.AuthenticateAsync(rotated.Key)).Caller!);
        before.Key.Should().Be(after.Key);
        before.Models.Should().BeEquivalentTo("m");
        host.Time.Advance(TimeSpan.FromSeconds(60));
        (await host.AuthenticateAsync(created.Key)).Error!.Message.Should().Contain("expired");
        (await host.AuthenticateAsync(rotated.Key)).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task Without_overlap_the_old_text_ends_at_once()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"leaked"}""");

        var rotated = await client.PostToAsync($"/admin/keys/{created.Id}/rotate", """{"overlap_seconds":0}""");

        (await host.AuthenticateAsync(created.Key)).Error!.Status.Should().Be(401);
        (await host.AuthenticateAsync(rotated.Key)).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task A_second_rotation_ends_the_text_before_the_last()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var first = await client.PostAsync("""{"name":"ci"}""");
        var second = await client.PostToAsync($"/admin/keys/{first.Id}/rotate");
        var third = await client.PostToAsync($"/admin/keys/{first.Id}/rotate");

        (await host.AuthenticateAsync(first.Key)).Error!.Status.Should().Be(401);
        (await host.AuthenticateAsync(second.Key)).Caller.Should().NotBeNull();
        (await host.AuthenticateAsync(third.Key)).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task A_revocation_ends_both_texts_on_every_node()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"ci"}""");
        var rotated = await client.PostToAsync($"/admin/keys/{created.Id}/rotate");
        (await other.AuthenticateAsync(created.Key)).Caller.Should().NotBeNull("a node that does not know the old text looks it up");

        await client.DeleteAsync(created.Id);

        foreach (var text in (string[])[created.Key, rotated.Key])
        {
            (await host.AuthenticateAsync(text)).Error!.Message.Should().Contain("revoked");
            await Eventually.HoldsAsync(async () => (await other.AuthenticateAsync(text)).Error is { Status: 401 }, TimeSpan.FromSeconds(30));
        }
    }

    [Theory]
    [InlineData("""{"overlap_seconds":-1}""", 400)]
    [InlineData("""{"overlap_seconds":2592001}""", 400)]
    [InlineData("""{"overlap_seconds":"1"}""", 400)]
    [InlineData("""{"overlap":1}""", 400)]
    [InlineData("[]", 400)]
    public async Task A_wrong_body_changes_nothing(string body, int status)
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"ci"}""");

        (await client.PostToAsync($"/admin/keys/{created.Id}/rotate", body)).Status.Should().Be(status);

        (await host.AuthenticateAsync(created.Key)).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task An_expired_key_gets_no_new_text_that_would_be_dead_as_well()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync($$"""{"name":"ci","expires_at":"{{host.Time.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}"}""");
        host.Time.Advance(TimeSpan.FromHours(1));

        var refused = await client.PostToAsync($"/admin/keys/{created.Id}/rotate");

        (refused.Status, refused.Code).Should().Be((409, "key_expired"));
    }

    [Fact]
    public async Task The_text_before_is_not_said_to_work_longer_than_the_key()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync($$"""{"name":"ci","expires_at":"{{host.Time.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}"}""");

        var rotated = await client.PostToAsync($"/admin/keys/{created.Id}/rotate");

        ((string?)rotated.Json["previous_valid_until"]).Should().Be((string?)rotated.Json["expires_at"]);
    }

    [Fact]
    public async Task Unknown_and_revoked_keys_cannot_be_rotated()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);
        var created = await client.PostAsync("""{"name":"ci"}""");
        await client.DeleteAsync(created.Id);

        (await client.PostToAsync("/admin/keys/unknown/rotate")).Status.Should().Be(404);
        (await client.PostToAsync($"/admin/keys/{created.Id}/rotate")).Code.Should().Be("key_revoked");
    }

    [Fact]
    public async Task Only_an_admin_rotates_and_the_audit_log_has_no_text()
    {
        await using var host = await IdentityHost.StartAsync();
        var operatorKey = await host.CreateKeyAsync(new ApiKeyDraft { Name = "op", Role = "operator" });
        var created = await new KeyClient(host).PostAsync("""{"name":"ci"}""");

        (await new KeyClient(host, operatorKey.Text).PostToAsync($"/admin/keys/{created.Id}/rotate")).Status.Should().Be(403);
        var rotated = await new KeyClient(host).PostToAsync($"/admin/keys/{created.Id}/rotate");

        var audit = await new KeyClient(host).GetAsync("/admin/audit");
        audit.Text.Should().Contain("key.rotate").And.NotContain(rotated.Key[3..]).And.NotContain(created.Key[3..]);
    }
}
