using System.Text.Json.Nodes;
using Gateway.Api.Tests.Authentication;

namespace Gateway.Api.Tests.Management.Keys;

public sealed class KeyCreationTests
{
    [Fact]
    public async Task A_created_key_is_answered_once_with_its_text_and_works_at_once()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);

        var created = await client.PostAsync(
            """{"name":"ci","owner":"alice","groups":["physics","corp/chem"],"project":"physics","role":"viewer","models":["gpt-4o"],"expires_at":"2031-01-01T00:00:00+01:00"}""");

        created.Status.Should().Be(201);
        created.ETag.Should().NotBeNull();
        var json = (JsonObject)created.Json;
        created.Key.Should().StartWith("gw-");
        json.Remove("key");
        json.ToJsonString().Should().Be(JsonNode.Parse((await client.GetAsync("/admin/keys/" + created.Id)).Text)!.ToJsonString());
        json.Remove("id");
        JsonNode.DeepEquals(json, JsonNode.Parse(
            $$"""
            {"name":"ci","hint":"{{created.Key[..7]}}…","status":"active","owner":"user:alice","groups":["group:physics","group:corp/chem"],"project":"project:physics",
             "role":"viewer","models":["gpt-4o"],"routes":[],"on_behalf_of":false,"created_at":"2030-01-01T00:00:00Z","created_by":"key:bootstrap-admin","expires_at":"2030-12-31T23:00:00Z","revoked_at":null,
             "previous_valid_until":null,"parent":null,"maker_groups":[],"maker_domains":[],"last_used_at":null}
            """)).Should().BeTrue(json.ToJsonString());
        (await host.AuthenticateAsync(created.Key)).Caller!.User.Should().Be("user:local/alice");
        host.Manifest.Announced.Should().ContainSingle();
    }

    [Theory]
    [InlineData("""{"name":"k","owner":"alice"}""")]
    [InlineData("""{"name":"k","owner":"user:alice"}""")]
    [InlineData("""{"name":"k","owner":"user:local/alice","groups":null,"models":null,"role":null,"project":null,"expires_at":null}""")]
    public async Task Every_way_to_name_the_owner_is_one_subject(string body)
    {
        await using var host = await IdentityHost.StartAsync();

        var created = await new KeyClient(host).PostAsync(body);

        ((string)created.Json["owner"]!).Should().Be("user:alice");
        (await host.AuthenticateAsync(created.Key)).Caller!.User.Should().Be("user:local/alice");
    }

    [Theory]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":7}""", "name")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":"k","owner":7}""", "owner")]
    [InlineData("""{"name":"k","owner":""}""", "owner")]
    [InlineData("""{"name":"k","owner":"https://idp/alice"}""", "owner")]
    [InlineData("""{"name":"k","groups":"physics"}""", "groups")]
    [InlineData("""{"name":"k","groups":[7]}""", "groups")]
    [InlineData("""{"name":"k","groups":["a\u0000b"]}""", "groups")]
    [InlineData("""{"name":"k","project":[]}""", "project")]
    [InlineData("""{"name":"k","role":"root"}""", "role")]
    [InlineData("""{"name":"k","role":"Admin"}""", "role")]
    [InlineData("""{"name":"k","on_behalf_of":"true"}""", "on_behalf_of")]
    [InlineData("""{"name":"k","on_behalf_of":1}""", "on_behalf_of")]
    [InlineData("""{"name":"k","models":{}}""", "models")]
    [InlineData("""{"name":"k","models":[""]}""", "models")]
    [InlineData("""{"name":"k","expires_at":"tomorrow"}""", "expires_at")]
    [InlineData("""{"name":"k","expires_at":"2029-12-31T23:59:59Z"}""", "expires_at")]
    [InlineData("""{"name":"k","expires_at":"2031-01-01T00:00:00"}""", "expires_at")]
    [InlineData("""{"name":"k","expires_at":1924905600}""", "expires_at")]
    [InlineData("""{"name":"k","expiresAt":"2031-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name":"k","key":"gw-chosen"}""", "key")]
    public async Task A_wrong_field_is_refused_by_name(string body, string field)
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);

        var answer = await client.PostAsync(body);

        answer.Status.Should().Be(400);
        answer.Param.Should().Be(field);
        (await client.GetAsync("/admin/keys")).Json["data"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task Every_field_is_bounded()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);

        (await client.PostAsync($$"""{"name":"{{new string('a', 101)}}"}""")).Param.Should().Be("name");
        (await client.PostAsync($$"""{"name":"k","owner":"{{new string('a', 257)}}"}""")).Param.Should().Be("owner");
        (await client.PostAsync($$"""{"name":"k","groups":[{{string.Join(',', Enumerable.Range(0, 101).Select(i => $"\"g{i}\""))}}]}""")).Param.Should().Be("groups");
        (await client.PostAsync($$"""{"name":"k","models":[{{string.Join(',', Enumerable.Range(0, 1001).Select(i => $"\"m{i}\""))}}]}""")).Param.Should().Be("models");
        (await client.PostAsync($$"""{"name":"k","models":["{{new string('a', 257)}}"]}""")).Param.Should().Be("models");
        (await client.PostAsync($$"""{"name":"{{new string('a', 300_000)}}"}""")).Code.Should().Be("request_too_large");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{not json")]
    [InlineData("""{"name":"a","name":"b"}""")]
    public async Task A_body_that_is_no_plain_object_is_refused(string body)
    {
        await using var host = await IdentityHost.StartAsync();

        (await new KeyClient(host).PostAsync(body)).Status.Should().Be(400);
    }

    [Fact]
    public async Task A_repeat_with_the_same_idempotency_key_makes_no_second_key()
    {
        await using var host = await IdentityHost.StartAsync();
        var client = new KeyClient(host);

        var first = await client.PostAsync("""{"name":"k"}""", "once");
        var repeat = await client.PostAsync("""{"name":"k"}""", "once");
        var other = await client.PostAsync("""{"name":"other"}""", "once");

        first.Status.Should().Be(201);
        repeat.Status.Should().Be(200);
        repeat.IsReplay.Should().BeTrue();
        repeat.Id.Should().Be(first.Id);
        repeat.Json["key"].Should().BeNull();
        other.Status.Should().Be(409);
        other.Code.Should().Be("idempotency_key_reused");
        (await client.GetAsync("/admin/keys")).Json["data"]!.AsArray().Should().ContainSingle();
        (await client.PostAsync("""{"name":"k"}""", new string('x', 256))).Param.Should().Be("Idempotency-Key");
    }

    [Fact]
    public async Task Only_an_admin_may_create_keys()
    {
        await using var host = await IdentityHost.StartAsync();
        var @operator = await new KeyClient(host).PostAsync("""{"name":"op","role":"operator"}""");

        (await new KeyClient(host, @operator.Key).PostAsync("""{"name":"k","role":"admin"}""")).Status.Should().Be(403);
        (await new KeyClient(host, @operator.Key).GetAsync("/admin/keys")).Status.Should().Be(200);
        (await new KeyClient(host, null).GetAsync("/admin/keys")).Status.Should().Be(401);
    }

    [Fact]
    public async Task Without_the_database_the_answer_is_503_and_no_key_is_shown()
    {
        await using var host = await IdentityHost.StartAsync();
        host.Store.IsDown = true;

        var answer = await new KeyClient(host).PostAsync("""{"name":"k"}""");

        answer.Status.Should().Be(503);
        answer.Text.Should().NotContain("gw-");
    }
}
