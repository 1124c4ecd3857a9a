using Gateway.Process.Rigs;
using Gateway.Testing.Identity;

namespace Gateway.Process.Identity;

/// <summary>Every reason to turn a caller away, on every family of routes: status, code, text, challenge, and nothing sent upstream.</summary>
public sealed class DenialTableTests(GlobusGateway shared) : IClassFixture<GlobusGateway>
{
    public static TheoryData<string, int, string, string> Denials => new()
    {
        { "no credential", 401, "invalid_api_key", "No credential was sent" },
        { "unknown token", 401, "invalid_api_key", "Token is either not active or invalid" },
        { "revoked token", 401, "invalid_api_key", "Token is either not active or invalid" },
        { "unknown key", 401, "invalid_api_key", "API key" },
        { "a provider's key", 401, "invalid_api_key", "Token is either not active or invalid" },
        { "unsigned jwt", 401, "invalid_api_key", "Token is either not active or invalid" },
        { "other domain", 403, "access_denied", "Error: Permission denied. Must authenticate with anl.gov. Currently authenticated as (Mallory - mallory@gmail.com)." },
        { "policy failed", 403, "access_denied", "Permission denied from internal policies. This is likely due to a high-assurance timeout." },
        { "no group", 403, "access_denied", "Error: User is not a member of an allowed Globus Group." },
        { "no consent", 401, "invalid_api_key", "Could not recover dependent access token for groups.api.globus.org" },
        { "unlisted service", 403, "access_denied", "Must authenticate with" },
    };

    [Theory, MemberData(nameof(Denials))]
    public async Task A_caller_is_turned_away_alike_on_every_route(string who, int status, string code, string text)
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model));
        var credential = CredentialOf(who);

        foreach (var route in RouteFamily.All)
        {
            using var answer = await shared.Gateway.CallAsync(route, model, credential);

            var error = await answer.ErrorAsync((HttpStatusCode)status);
            error.Code().Should().Be(code, route);
            error.Message().Should().Contain(text, route).And.NotContain(credential ?? "nothing was sent", route);
            (answer.Headers.WwwAuthenticate.Count > 0).Should().Be(status == 401, route);
        }

        upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task While_Globus_is_away_a_new_token_is_503_on_every_route_and_a_known_one_is_served()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model));
        var known = shared.Member();
        using var before = await shared.Gateway.CallAsync("GET /v1/models", model, known);
        before.StatusCode.Should().Be(HttpStatusCode.OK, await before.Content.ReadAsStringAsync());
        shared.Globus.InsteadOfIntrospection = Replies.Json(502, "{}");
        try
        {
            foreach (var route in RouteFamily.All)
            {
                using var answer = await shared.Gateway.CallAsync(route, model, shared.Member());

                (await answer.ErrorAsync(HttpStatusCode.ServiceUnavailable)).Code().Should().Be("identity_unavailable", route);
                answer.Headers.RetryAfter.Should().NotBeNull(route);
            }

            upstream.Requests.Should().BeEmpty();
            using var served = await shared.Gateway.CallAsync("POST /v1/chat/completions", model, known);
            served.StatusCode.Should().Be(HttpStatusCode.OK);
        }
        finally
        {
            shared.Globus.InsteadOfIntrospection = null;
        }
    }

    [Fact]
    public async Task A_model_of_other_groups_is_forbidden_where_it_is_called_and_invisible_where_it_is_listed()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model).With("allowed_groups", new JsonArray("chemists")));
        var stranger = shared.Member("physicists");

        foreach (var route in RouteFamily.Inference)
        {
            using var answer = await shared.Gateway.CallAsync(route, model, stranger);
            (await answer.ErrorAsync(HttpStatusCode.Forbidden)).Code().Should().Be("model_not_allowed", route);
        }

        foreach (var route in RouteFamily.Listings)
        {
            using var answer = await shared.Gateway.CallAsync(route, model, stranger);
            answer.StatusCode.Should().Be(HttpStatusCode.OK, route);
            (await answer.Content.ReadAsStringAsync()).Should().NotContain(model, route);
        }

        using var one = await shared.Gateway.CallAsync("GET /v1/models/MODEL", model, stranger);
        one.StatusCode.Should().Be(HttpStatusCode.NotFound);
        upstream.Requests.Should().BeEmpty();
        using var member = await shared.Gateway.CallAsync("POST /v1/chat/completions", model, shared.Member("chemists"));
        member.StatusCode.Should().Be(HttpStatusCode.OK, await member.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Without_a_role_every_admin_route_is_forbidden()
    {
        var member = shared.Member();

        foreach (var route in RouteFamily.Admin)
        {
            using var answer = await shared.Gateway.CallAsync(route, "baseline", member);
            (await answer.ErrorAsync(HttpStatusCode.Forbidden)).Code().Should().Be("role_required", route);
        }
    }

    [Fact]
    public async Task Every_admin_route_that_there_is_asks_for_a_role()
    {
        var member = shared.Member();
        var document = await shared.Gateway.AdminJsonAsync(HttpMethod.Get, "/openapi/v1.json");
        var routes = document["paths"]!.AsObject()
            .Where(path => path.Key.StartsWith("/admin", StringComparison.Ordinal))
            .SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key.Replace("{id}", "x", StringComparison.Ordinal)}"))
            .ToArray();

        routes.Should().HaveCountGreaterThan(10).And.Contain("POST /admin/keys/x/rotate");
        foreach (var route in routes)
        {
            using var answer = await shared.Gateway.CallAsync(route, "baseline", member);
            answer.StatusCode.Should().Be(HttpStatusCode.Forbidden, route);
            using var stranger = await shared.Gateway.CallAsync(route, "baseline", null);
            stranger.StatusCode.Should().Be(HttpStatusCode.Unauthorized, route);
        }
    }

    [Fact]
    public async Task No_token_and_no_secret_of_Globus_is_in_the_log_or_a_data_file()
    {
        var good = shared.Member();
        var bad = CredentialOf("other domain")!;
        foreach (var token in (string[])[good, bad, "canary-unknown-token"])
        {
            using var answer = await shared.Gateway.CallAsync("GET /resource_server/whoami", "baseline", token);
        }

        foreach (var file in Directory.EnumerateFiles(shared.Gateway.Home.Path, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            (await reader.ReadToEndAsync()).Should().NotContain(good, file).And.NotContain(bad, file).And.NotContain(GlobusDouble.ClientSecret, file);
        }

        shared.Gateway.Output.Should().NotContain(good).And.NotContain(bad).And.NotContain("canary-unknown-token").And.NotContain(GlobusDouble.ClientSecret);
    }

    [Fact]
    public async Task A_hundred_first_uses_of_a_token_are_one_introspection()
    {
        var token = shared.Member();
        var before = shared.Globus.Introspections;

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => shared.Gateway.CallAsync("GET /v1/models", "baseline", token)));

        answers.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.OK);
        (shared.Globus.Introspections - before).Should().Be(1);
        foreach (var answer in answers)
        {
            answer.Dispose();
        }
    }

    private string? CredentialOf(string who) => who switch
    {
        "no credential" => null,
        "unknown token" => "AgUnknownTokenOfNobody0123456789",
        "revoked token" => Revoked(),
        "unknown key" => "gw-000000000000000000000000000000000000000000000A",
        "a provider's key" => "sk-proj-0123456789abcdefghij",
        "unsigned jwt" => "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.",
        "other domain" => shared.Globus.Issue(GlobusUser.Person("mallory@gmail.com", "Mallory", GlobusGateway.Group)),
        "policy failed" => shared.Globus.Issue(GlobusUser.Person("alice@anl.gov", "Alice", GlobusGateway.Group) with { FailedPolicies = [GlobusGateway.Policy] }),
        "no group" => shared.Globus.Issue(GlobusUser.Person("alice@anl.gov", "Alice", "another")),
        "no consent" => shared.Globus.Issue(GlobusUser.Person("alice@anl.gov", "Alice", GlobusGateway.Group) with { ConsentsToGroups = false }),
        _ => shared.Globus.Issue(GlobusUser.Service(GlobusGateway.Group)),
    };

    private string Revoked()
    {
        var token = shared.Member();
        shared.Globus.Revoke(token);
        return token;
    }
}
