using Gateway.Abstractions.Tokens;
using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Authentication.Introspection;
using Gateway.Api.Tests.Management.Keys;
using Gateway.Silo.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.SelfService;

public sealed class OwnKeyTests
{
    private readonly ScriptedTokenGrain _grain = new()
    {
        Answer = token => ScriptedTokenGrain.Accept(token) with
        {
            Identity = new TokenIdentity { Id = token, Username = token, Name = token, Alias = "local", Groups = ["physics", "chess"], Roles = token == "root" ? ["admin"] : [] },
        },
    };

    [Fact]
    public async Task Whoever_signed_in_makes_a_key_with_the_rights_that_they_have()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        var created = await Client(host, "alice").PostToAsync("/v1/me/keys", """{"name":"laptop"}""");

        created.Status.Should().Be(201, created.Text);
        ((string?)created.Json["owner"]).Should().Be("user:alice");
        var caller = (await host.AuthenticateAsync(created.Key)).Caller!;
        caller.User.Should().Be("user:local/alice");
        caller.Groups.Should().BeEquivalentTo("local/physics", "local/chess");
        caller.Role.Should().BeNull();
        caller.ExpiresAt.Should().Be(host.Time.GetUtcNow() + new AuthOptions().MaxOwnKeyAge);
    }

    [Theory]
    [InlineData("""{"name":"x","owner":"bob"}""", 400, "owner")]
    [InlineData("""{"name":"x","role":"viewer"}""", 400, "role")]
    [InlineData("""{"name":"x","role":null}""", 400, "role")]
    [InlineData("""{"name":"x","on_behalf_of":true}""", 400, "on_behalf_of")]
    [InlineData("""{"name":"x","groups":["physics","admins"]}""", 403, "groups")]
    [InlineData("""{"name":"x","project":"admins"}""", 403, "project")]
    [InlineData("""{"name":"x","expires_at":"2031-01-01T00:00:00Z"}""", 403, "expires_at")]
    [InlineData("""{"name":"x","parent":"y"}""", 400, "parent")]
    [InlineData("""{}""", 400, "name")]
    public async Task More_than_the_owner_has_is_refused_naming_the_field(string body, int status, string field)
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        var refused = await Client(host, "root").PostToAsync("/v1/me/keys", body);

        refused.Status.Should().Be(status, refused.Text);
        refused.Param.Should().Be(field);
    }

    [Fact]
    public async Task Less_than_the_owner_has_is_as_it_was_asked_for()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        var created = await Client(host, "alice").PostToAsync(
            "/v1/me/keys", """{"name":"x","groups":[],"project":"chess","models":["m"],"routes":["embeddings"],"expires_at":"2030-01-02T00:00:00Z"}""");

        var caller = (await host.AuthenticateAsync(created.Key)).Caller!;
        caller.Groups.Should().BeEmpty();
        caller.Project.Should().Be("local/chess");
        caller.Models.Should().BeEquivalentTo("m");
        caller.Operations.Should().BeEquivalentTo([Gateway.Api.Http.Operation.Embeddings]);
    }

    [Fact]
    public async Task A_restricted_key_makes_only_keys_that_are_as_restricted_and_end_with_it()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync(new ApiKeyDraft
        {
            Name = "ci", Owner = "user:local/alice", Groups = ["local/physics"], Models = ["m"], Routes = ["embeddings"], ExpiresAt = host.Time.GetUtcNow().AddDays(1),
        });
        var client = Client(host, key.Text!);

        (await client.PostToAsync("/v1/me/keys", """{"name":"x","models":["other"]}""")).Param.Should().Be("models");
        (await client.PostToAsync("/v1/me/keys", """{"name":"x","routes":["chat/completions"]}""")).Param.Should().Be("routes");
        (await client.PostToAsync("/v1/me/keys", """{"name":"x","expires_at":"2030-01-03T00:00:00Z"}""")).Param.Should().Be("expires_at");
        var child = await client.PostToAsync("/v1/me/keys", """{"name":"x"}""");
        var caller = (await host.AuthenticateAsync(child.Key)).Caller!;
        caller.Models.Should().BeEquivalentTo("m");
        caller.Operations.Should().HaveCount(1);
        caller.ExpiresAt.Should().Be(host.Time.GetUtcNow().AddDays(1));

        await host.RevokeAsync(key.Record!.Id);

        (await host.AuthenticateAsync(child.Key)).Error!.Message.Should().Contain("revoked");
    }

    [Fact]
    public async Task Nobody_sees_or_revokes_the_keys_of_others()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        var alices = await Client(host, "alice").PostToAsync("/v1/me/keys", """{"name":"hers"}""");

        (await Client(host, "bob").GetAsync("/v1/me/keys")).Text.Should().NotContain(alices.Id);
        (await Client(host, "bob").DeleteOwnAsync(alices.Id)).Status.Should().Be(404);
        (await Client(host, "bob").PostToAsync($"/v1/me/keys/{alices.Id}/rotate")).Status.Should().Be(404);
        (await host.AuthenticateAsync(alices.Key)).Caller.Should().NotBeNull();

        (await Client(host, "alice").GetAsync("/v1/me/keys")).Text.Should().Contain(alices.Id).And.NotContain(alices.Key);
        var rotated = await Client(host, "alice").PostToAsync($"/v1/me/keys/{alices.Id}/rotate", """{"overlap_seconds":0}""");
        (await host.AuthenticateAsync(rotated.Key)).Caller.Should().NotBeNull();
        (await Client(host, "alice").DeleteOwnAsync(alices.Id)).Status.Should().BeOneOf(204, 202);
        (await host.AuthenticateAsync(rotated.Key)).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task A_key_reaches_itself_and_what_was_made_with_it_only()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        var first = await Client(host, "alice").PostToAsync("/v1/me/keys", """{"name":"first"}""");
        var second = await Client(host, "alice").PostToAsync("/v1/me/keys", """{"name":"second"}""");
        var child = await Client(host, first.Key).PostToAsync("/v1/me/keys", """{"name":"child"}""");

        var listed = (await Client(host, first.Key).GetAsync("/v1/me/keys")).Json["data"]!.AsArray().Select(key => (string)key!["id"]!);

        listed.Should().BeEquivalentTo(first.Id, child.Id);
        (await Client(host, first.Key).DeleteOwnAsync(second.Id)).Status.Should().Be(404);
    }

    [Fact]
    public async Task The_number_of_usable_keys_has_a_maximum()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        host.Services.GetRequiredService<IOptions<AuthOptions>>().Value.MaxOwnKeys = 2;
        var client = Client(host, "alice");
        var first = await client.PostToAsync("/v1/me/keys", """{"name":"1"}""");
        await client.PostToAsync("/v1/me/keys", """{"name":"2"}""");

        (await client.PostToAsync("/v1/me/keys", """{"name":"3"}""")).Code.Should().Be("too_many_keys");
        await client.DeleteOwnAsync(first.Id);

        (await client.PostToAsync("/v1/me/keys", """{"name":"3"}""")).Status.Should().Be(201);
    }

    [Fact]
    public async Task Where_users_make_no_keys_they_are_told_so()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        host.Services.GetRequiredService<IOptions<AuthOptions>>().Value.MaxOwnKeys = 0;

        var refused = await Client(host, "alice").PostToAsync("/v1/me/keys", """{"name":"1"}""");

        (refused.Status, refused.Code).Should().Be((403, "own_keys_disabled"));
    }

    [Fact]
    public async Task An_old_key_that_works_is_listed_before_all_that_came_and_went()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        var client = Client(host, "alice");
        var first = await client.PostToAsync("/v1/me/keys", """{"name":"first"}""");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        for (var number = 0; number < 3; number++)
        {
            await client.DeleteOwnAsync((await client.PostToAsync("/v1/me/keys", """{"name":"x"}""")).Id);
        }

        var page = (await client.GetAsync("/v1/me/keys?limit=2")).Json;
        var next = (await client.GetAsync($"/v1/me/keys?limit=2&cursor={page["cursor"]}")).Json;

        ((string)page["data"]![0]!["id"]!).Should().Be(first.Id);
        ((bool)page["has_more"]!).Should().BeTrue();
        next["data"]!.AsArray().Should().HaveCount(2);
        ((bool)next["has_more"]!).Should().BeFalse();
        (await client.GetAsync("/v1/me/keys?limit=0")).Status.Should().Be(400);
    }

    [Fact]
    public async Task Keys_that_die_between_two_pages_hide_no_others()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        var client = Client(host, "alice");
        var made = new List<string>();
        for (var number = 0; number < 6; number++)
        {
            made.Add((await client.PostToAsync("/v1/me/keys", """{"name":"x"}""")).Id);
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var page = (await client.GetAsync("/v1/me/keys?limit=3")).Json;
        foreach (var listed in page["data"]!.AsArray())
        {
            await client.DeleteOwnAsync((string)listed!["id"]!);
        }

        var next = (await client.GetAsync($"/v1/me/keys?limit=3&cursor={page["cursor"]}")).Json;

        next["data"]!.AsArray().Select(key => (string)key!["id"]!).Should().Equal(made[2], made[1], made[0]);
        (await client.GetAsync("/v1/me/keys?cursor=unknown")).Param.Should().Be("cursor");
    }

    [Fact]
    public async Task Who_makes_keys_and_throws_them_away_without_end_is_told_to_wait()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        var client = Client(host, "alice");
        for (var number = 0; number < 100; number++)
        {
            await client.DeleteOwnAsync((await client.PostToAsync("/v1/me/keys", """{"name":"x"}""")).Id);
        }

        var refused = await client.PostToAsync("/v1/me/keys", """{"name":"x"}""");

        (refused.Status, refused.Code).Should().Be((429, "rate_limit_exceeded"), refused.Text);
        refused.RetryAfter.Should().BeCloseTo(TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));
        (await Client(host, "bob").PostToAsync("/v1/me/keys", """{"name":"x"}""")).Status.Should().Be(201);
        host.Time.Advance(TimeSpan.FromHours(1));
        (await client.PostToAsync("/v1/me/keys", """{"name":"x"}""")).Status.Should().Be(201);
    }

    [Fact]
    public async Task A_repeated_call_makes_one_key()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);

        var first = await Client(host, "alice").PostToAsync("/v1/me/keys", """{"name":"1"}""", "once");
        var second = await Client(host, "alice").PostToAsync("/v1/me/keys", """{"name":"1"}""", "once");

        second.Id.Should().Be(first.Id);
        second.IsReplay.Should().BeTrue();
        second.Text.Should().NotContain(first.Key);
    }

    [Fact]
    public async Task A_credential_without_user_has_no_keys_of_its_own()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();

        foreach (var credential in (string[])[key.Text!, IdentityHost.AdminKey])
        {
            (await Client(host, credential).PostToAsync("/v1/me/keys", """{"name":"x"}""")).Code.Should().Be("no_user");
            (await Client(host, credential).GetAsync("/v1/me/keys")).Code.Should().Be("no_user");
            (await Client(host, credential).PostToAsync($"/v1/me/keys/{key.Record!.Id}/rotate")).Code.Should().Be("no_user");
            (await Client(host, credential).DeleteOwnAsync(key.Record.Id)).Code.Should().Be("no_user");
        }

        (await new KeyClient(host, null).PostToAsync("/v1/me/keys", """{"name":"x"}""")).Status.Should().Be(401);
    }

    [Fact]
    public async Task Me_says_who_and_what()
    {
        await using var host = await IdentityHost.StartAsync(tokens: _grain);
        var key = await host.CreateKeyAsync(new ApiKeyDraft { Name = "ci", Owner = "user:local/alice", Groups = ["local/physics"], Project = "local/physics", Role = "viewer", Routes = ["embeddings"] });

        var byKey = (await Client(host, key.Text!).GetAsync("/v1/me")).Json;
        var byToken = (await Client(host, "bob").GetAsync("/v1/me")).Json;

        ((string?)byKey["user"]).Should().Be("user:alice");
        ((string?)byKey["key"]).Should().Be("key:" + key.Record!.Id);
        ((string?)byKey["project"]).Should().Be("project:physics");
        ((string?)byKey["role"]).Should().Be("viewer");
        byKey["routes"]!.AsArray().Select(route => (string?)route).Should().Equal("embeddings");
        ((string?)byToken["user"]).Should().Be("user:bob");
        byToken["groups"]!.AsArray().Select(group => (string?)group).Should().Equal("group:chess", "group:physics");
        byToken["key"].Should().BeNull();
    }

    private static KeyClient Client(IdentityHost host, string credential) => new(host, credential);
}
