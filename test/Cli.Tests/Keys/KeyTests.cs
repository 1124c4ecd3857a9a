using Gateway.Cli.Profiles;
using Gateway.Cli.Rigs;

namespace Gateway.Cli.Keys;

public sealed class KeyTests : IAsyncLifetime
{
    private const string Created = """{"id":"k-1","key":"gw-NEW","name":"notebook","previous_valid_until":"2026-01-02T00:00:00Z"}""";

    private readonly CliRig _rig = new() { Time = new FakeTimeProvider() };

    public async ValueTask InitializeAsync() => await _rig.SignInAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private ReceivedRequest Last => _rig.Gateway.Requests.Last();

    [Theory, InlineData("/v1/me/keys"), InlineData("/admin/keys", "--admin")]
    public async Task A_list_has_all_pages(string path, params string[] admin)
    {
        var pages = 0;
        _rig.Gateway["GET " + path] = exchange => Replies.Json(200, pages++ == 0
            ? """{"data":[{"id":"k-1","name":"one","hint":"gw-abc…","status":"active","owner":"user:alice"}],"has_more":true,"cursor":"k 1"}"""
            : """{"data":[{"id":"k-2","name":"two","hint":"gw-def…","status":"revoked"}],"has_more":false,"cursor":null}""")(exchange);

        var shown = (await _rig.RunAsync(["keys", "list", .. admin])).ShouldEndWith(ExitCodes.Ok).Output;

        shown.Should().Contain("k-1").And.Contain("k-2").And.Contain("revoked");
        Last.Target.Should().Be(path + "?cursor=k%201");
    }

    [Fact]
    public async Task A_new_key_is_alone_on_the_output()
    {
        _rig.Gateway.Answer("POST /v1/me/keys", Created, 201);

        var result = await _rig.RunAsync("keys", "create", "notebook", "--expires", "30d", "--model", "a", "--model", "b", "--route", "embeddings", "--group", "physics", "--project", "chem");

        result.ShouldEndWith(ExitCodes.Ok).Output.Should().Be("gw-NEW" + Environment.NewLine);
        result.Error.Should().NotContain("gw-NEW");
        Last.BodyText.Should().Be("""{"name":"notebook","project":"chem","groups":["physics"],"models":["a","b"],"routes":["embeddings"],"expires_at":"2026-01-31T00:00:00Z"}""");
    }

    [Fact]
    public async Task Administrators_choose_owner_and_role()
    {
        _rig.Gateway.Answer("POST /admin/keys", Created, 201);

        (await _rig.RunAsync("keys", "create", "notebook", "--admin", "--owner", "alice", "--role", "viewer", "--on-behalf-of", "--json")).ShouldEndWith(ExitCodes.Ok).Json["key"]!.GetValue<string>().Should().Be("gw-NEW");

        Last.BodyText.Should().Be("""{"name":"notebook","owner":"alice","role":"viewer","on_behalf_of":true}""");
        (await _rig.RunAsync("keys", "create", "notebook", "--owner", "alice")).ShouldEndWith(ExitCodes.Usage);
        (await _rig.RunAsync("keys", "create", "notebook", "--on-behalf-of")).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain("--admin");
    }

    [Theory, InlineData(null, "{}"), InlineData("12h", """{"overlap_seconds":43200}"""), InlineData("0s", """{"overlap_seconds":0}""")]
    public async Task Rotation_prints_the_new_text_alone(string? overlap, string body)
    {
        _rig.Gateway.Answer("POST /v1/me/keys/k%2F1/rotate", Created);

        var result = await _rig.RunAsync(["keys", "rotate", "k/1", .. overlap is null ? Array.Empty<string>() : ["--overlap", overlap]]);

        result.ShouldEndWith(ExitCodes.Ok).Output.Should().Be("gw-NEW" + Environment.NewLine);
        result.Error.Should().Contain("2026-01-02T00:00:00Z");
        Last.BodyText.Should().Be(body);
    }

    [Theory]
    [InlineData("k-1", "k-1", true)]
    [InlineData(null, "k-1", true)]
    [InlineData("k-2", "k-1", false)]
    [InlineData(null, "k-2", false)]
    public async Task A_rotated_key_that_is_the_profiles_own_goes_into_the_profile(string? kept, string asked, bool isOwn)
    {
        await _rig.SignInAsync(new Credential { ApiKey = CliRig.ApiKey, KeyId = kept });
        _rig.Gateway.Answer("GET /v1/me", $$"""{"username":"alice","key":"key:{{asked}}"}""");
        _rig.Gateway.Answer("POST /v1/me/keys/k-1/rotate", Created);

        var result = await _rig.RunAsync("keys", "rotate", "k-1", "--overlap", "0s");

        result.ShouldEndWith(ExitCodes.Ok).Output.Should().Be("gw-NEW" + Environment.NewLine);
        (await _rig.ProfileAsync()).Credential!.ApiKey.Should().Be(isOwn ? "gw-NEW" : CliRig.ApiKey);
        result.Error.Contains("'default'", StringComparison.Ordinal).Should().Be(isOwn, result.Error);
        (await _rig.RunAsync("token")).Output.Trim().Should().Be(isOwn ? "gw-NEW" : CliRig.ApiKey);
    }

    [Fact]
    public async Task Where_it_cannot_be_known_whose_the_rotated_key_is_that_is_said()
    {
        _rig.Gateway.Answer("GET /v1/me", "{}", 503);
        _rig.Gateway.Answer("POST /v1/me/keys/k-1/rotate", Created);

        (await _rig.RunAsync("keys", "rotate", "k-1")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("If 'default' signs in by this key: gateway login --api-key --profile default");

        (await _rig.ProfileAsync()).Credential!.ApiKey.Should().Be(CliRig.ApiKey);
    }

    [Fact]
    public async Task A_key_of_the_environment_is_not_taken_into_a_profile()
    {
        (_rig.Variables["GATEWAY_API_KEY"], _rig.Variables["GATEWAY_URL"]) = ("gw-environment", _rig.Gateway.Origin);
        _rig.Gateway.Answer("GET /v1/me", """{"username":"alice","key":"key:k-1"}""");
        _rig.Gateway.Answer("POST /v1/me/keys/k-1/rotate", Created);

        (await _rig.RunAsync("keys", "rotate", "k-1")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("GATEWAY_API_KEY");

        (await _rig.ProfileAsync()).Credential!.ApiKey.Should().Be(CliRig.ApiKey);
    }

    [Fact]
    public async Task Revocation_names_the_nodes_that_have_not_confirmed()
    {
        _rig.Gateway["DELETE /v1/me/keys/k-1"] = exchange => exchange.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n");
        _rig.Gateway.Answer("DELETE /admin/keys/k-1", """{"unconfirmed":["node-2"],"unavailable":[]}""", 202);

        _rig.Gateway.Answer("DELETE /admin/keys/k-2", """{"unconfirmed":[],"unavailable":["manifest"]}""", 202);

        (await _rig.RunAsync("keys", "revoke", "k-1")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("is revoked.");
        (await _rig.RunAsync("keys", "revoke", "k-2", "--admin")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("could not be found out");
        (await _rig.RunAsync("keys", "revoke", "k-1", "--json")).Json["unconfirmed"]!.AsArray().Should().BeEmpty();
        (await _rig.RunAsync("keys", "revoke", "k-1", "--admin")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("node-2");
    }

    [Theory]
    [InlineData("keys create x --expires tomorrow")]
    [InlineData("keys rotate x --overlap long")]
    public async Task A_time_that_is_none_is_refused_before_anybody_is_asked(string line)
    {
        (await _rig.RunAsync(line.Split(' '))).ShouldEndWith(ExitCodes.Usage);
        _rig.Gateway.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Admin_routes_may_be_at_another_address()
    {
        await using var admin = new ScriptedServer();
        admin.Answer("GET /admin/keys", """{"data":[]}""");
        await _rig.SignInAsync(adminUrl: admin.Origin);

        (await _rig.RunAsync("keys", "list", "--admin")).ShouldEndWith(ExitCodes.Ok);

        _rig.Variables["GATEWAY_API_KEY"] = "gw-environment";
        _rig.Variables["GATEWAY_URL"] = _rig.Gateway.Origin;
        _rig.Variables["GATEWAY_ADMIN_URL"] = admin.Origin;
        (await _rig.RunAsync("keys", "list", "--admin")).ShouldEndWith(ExitCodes.Ok);

        admin.Requests.Select(request => request["Authorization"]).Should().Equal("Bearer " + CliRig.ApiKey, "Bearer gw-environment");
    }
}
