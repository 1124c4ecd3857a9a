using System.Web;
using Gateway.Cli.Rigs;

namespace Gateway.Cli.Identity;

public sealed class GlobusLoginTests : IAsyncLifetime
{
    private const string Service = "681c10cc-service";

    private readonly CliRig _rig = new() { Input = "a-pasted-code\n" };
    private readonly ScriptedServer _globus = new();
    private Uri _shown = new("http://none");

    public ValueTask InitializeAsync()
    {
        _rig.Variables["GLOBUS_AUTH_URL"] = _globus.Origin;
        _rig.Gateway.Answer("GET /v1/me", """{"username":"alice@anl.gov"}""");
        _rig.OpenBrowser = address =>
        {
            _shown = address;
            return true;
        };
        _globus.Answer("POST /v2/oauth2/token", Tokens(Scope, "tok-GLOBUS-canary").ToJsonString());
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _globus.DisposeAsync();
    }

    private static string Scope => $"https://auth.globus.org/scopes/{Service}/action_all";

    [Fact]
    public async Task The_page_shows_a_code_and_the_pasted_one_is_redeemed()
    {
        var result = await LoginAsync("--globus-policies", "policy-1,policy-2", "--force");

        result.ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("as alice@anl.gov").And.Contain(_shown.AbsoluteUri);
        var asked = HttpUtility.ParseQueryString(_shown.Query);
        _shown.AbsolutePath.Should().Be("/v2/oauth2/authorize");
        asked.AllKeys.ToDictionary(key => key!, key => asked[key]).Should().Contain(new Dictionary<string, string?>
        {
            ["client_id"] = "native-app",
            ["redirect_uri"] = _globus.Origin + "/v2/web/auth-code",
            ["scope"] = Scope,
            ["access_type"] = "offline",
            ["response_type"] = "code",
            ["code_challenge_method"] = "S256",
            ["session_required_policies"] = "policy-1,policy-2",
            ["prompt"] = "login",
        });
        ScriptedServer.Form(_globus.Requests.Single()).Should().Contain(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = "a-pasted-code",
            ["client_id"] = "native-app",
            ["redirect_uri"] = _globus.Origin + "/v2/web/auth-code",
        });
        (await _rig.ProfileAsync()).Credential!.Should().BeEquivalentTo(new { AccessToken = "tok-GLOBUS-canary", RefreshToken = "ref-GLOBUS-canary" });
    }

    [Fact]
    public async Task Of_several_tokens_the_one_for_the_gateway_is_taken()
    {
        var answer = Tokens("openid email", "tok-PROFILE");
        answer["other_tokens"] = new JsonArray(Tokens("urn:globus:auth:scope:transfer.api.globus.org:all", "tok-TRANSFER"), Tokens(Scope, "tok-GLOBUS-canary"));
        _globus.Answer("POST /v2/oauth2/token", answer.ToJsonString());

        (await LoginAsync()).ShouldEndWith(ExitCodes.Ok);

        (await _rig.ProfileAsync()).Credential!.AccessToken.Should().Be("tok-GLOBUS-canary");
    }

    [Fact]
    public async Task Globus_has_no_device_authorization()
    {
        (await LoginAsync("--device")).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain("no device authorization");
        _globus.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_code_that_Globus_refuses_is_no_sign_in()
    {
        _globus["POST /v2/oauth2/token"] = ScriptedProvider.Refusal("invalid_grant");

        (await LoginAsync()).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("invalid_grant").And.NotContain("a-pasted-code");
        File.Exists(_rig.CredentialFile).Should().BeFalse();
    }

    [Fact]
    public async Task Without_a_code_nothing_is_sent()
    {
        _rig.Input = "";

        (await LoginAsync()).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("No code was entered");
        _globus.Requests.Should().BeEmpty();
    }

    [Theory, InlineData("--client-id", "native-app", "--globus-service"), InlineData("--globus-service", Service, "--client-id")]
    public async Task What_is_missing_is_named(string option, string value, string missing) =>
        (await _rig.RunAsync("login", "--gateway", _rig.Gateway.Origin, "--globus", option, value)).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain(missing);

    private Task<CliResult> LoginAsync(params string[] more) =>
        _rig.RunAsync(["login", "--gateway", _rig.Gateway.Origin, "--globus", "--client-id", "native-app", "--globus-service", Service, .. more]);

    private static JsonObject Tokens(string scope, string access) => new()
    {
        ["access_token"] = access,
        ["refresh_token"] = "ref-GLOBUS-canary",
        ["scope"] = scope,
        ["expires_in"] = 172_800,
        ["token_type"] = "Bearer",
        ["resource_server"] = Service,
        ["other_tokens"] = new JsonArray(),
    };
}
