using System.Buffers.Text;
using System.Collections.Specialized;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Web;
using Gateway.Cli.Rigs;

namespace Gateway.Cli.Identity;

public sealed class BrowserLoginTests : IAsyncLifetime
{
    private readonly CliRig _rig = new();
    private readonly ScriptedProvider _provider = new();
    private readonly HttpClient _browser = new(new SocketsHttpHandler { UseProxy = false });
    private NameValueCollection _asked = [];

    public ValueTask InitializeAsync()
    {
        _rig.Gateway.Answer("GET /v1/me", """{"username":"alice"}""");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _rig.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_code_is_redeemed_with_the_verifier_of_its_challenge_and_the_tokens_are_kept()
    {
        ComeBackWith(state => $"code=a-code&state={state}");

        var result = await LoginAsync();

        result.ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("as alice");
        var redeemed = _provider.TokenRequests.Single();
        redeemed.Should().Contain(new Dictionary<string, string> { ["grant_type"] = "authorization_code", ["code"] = "a-code", ["client_id"] = "cli", ["redirect_uri"] = _asked["redirect_uri"]! });
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(redeemed["code_verifier"]))).Should().Be(_asked["code_challenge"]);
        redeemed["code_verifier"].Length.Should().BeInRange(43, 128);
        _asked["code_challenge_method"].Should().Be("S256");
        _asked["redirect_uri"].Should().MatchRegex("^http://127\\.0\\.0\\.1:[0-9]+/callback$");
        (await _rig.ProfileAsync()).Should().BeEquivalentTo(new { Credential = new { AccessToken = "tok-NEW-canary", RefreshToken = "ref-NEW-canary" }, SignIn = new { Issuer = _provider.Origin, ClientId = "cli" } });
        _rig.Gateway.Requests.Single()["Authorization"].Should().Be("Bearer tok-NEW-canary");
    }

    [Fact]
    public async Task What_lacks_the_state_is_refused_and_the_wait_goes_on()
    {
        var refusals = new List<HttpStatusCode>();
        ComeBackWith(state => $"code=right&state={state}", async callback =>
        {
            foreach (var stranger in (string[])["?code=stolen", "?code=stolen&state=guess", "?state=", "/../favicon.ico"])
            {
                using var answer = await _browser.GetAsync(new Uri(callback + stranger));
                refusals.Add(answer.StatusCode);
            }
        });

        (await LoginAsync()).ShouldEndWith(ExitCodes.Ok);

        refusals.Should().AllSatisfy(status => status.Should().BeOneOf(HttpStatusCode.BadRequest, HttpStatusCode.NotFound)).And.HaveCount(4);
        _provider.TokenRequests.Single()["code"].Should().Be("right");
    }

    [Fact]
    public async Task A_refusal_by_the_person_is_denied_and_nothing_is_kept()
    {
        ComeBackWith(state => $"error=access_denied&error_description=no+thanks&state={state}");

        (await LoginAsync()).ShouldEndWith(ExitCodes.Denied).Error.Should().Contain("no thanks");

        _provider.TokenRequests.Should().BeEmpty();
        File.Exists(_rig.CredentialFile).Should().BeFalse();
    }

    [Theory, InlineData("&iss=https%3A%2F%2Fother.example"), InlineData("")]
    public async Task An_answer_of_another_provider_is_not_redeemed(string issuer)
    {
        _provider.Describe(("authorization_response_iss_parameter_supported", true));
        ComeBackWith(state => $"code=a-code&state={state}{issuer}");

        (await LoginAsync()).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("not of the provider");

        _provider.TokenRequests.Should().BeEmpty();
    }

    [Fact]
    public async Task Without_a_browser_the_address_is_printed()
    {
        using var stop = new CancellationTokenSource();
        var opened = false;
        _rig.OpenBrowser = _ => opened = true;
        var running = Task.Run(() => _rig.RunAsync(stop.Token, Arguments("--no-browser", "--resource", "urn:gateway", "--force")));
        await Eventually.TrueAsync(() => _rig.ErrorSoFar.Contains($"{_provider.Origin}/auth?client_id=cli&", StringComparison.Ordinal), "the address is printed");
        await stop.CancelAsync();

        var result = await running;

        result.ShouldEndWith(ExitCodes.Interrupted);
        opened.Should().BeFalse();
    }

    [Fact]
    public async Task The_request_asks_for_what_was_configured()
    {
        ComeBackWith(state => $"code=a-code&state={state}");

        (await LoginAsync("--resource", "urn:gateway", "--audience", "gateway", "--force")).ShouldEndWith(ExitCodes.Ok);

        _asked["scope"].Should().Be("openid offline_access");
        _asked["prompt"].Should().Be("login consent", "a refresh token needs a consent that was asked for");
        _asked["resource"].Should().Be("urn:gateway");
        _asked["audience"].Should().Be("gateway");
        _provider.TokenRequests.Single().Should().Contain("resource", "urn:gateway");
    }

    [Fact]
    public async Task The_next_sign_in_needs_no_options()
    {
        ComeBackWith(state => $"code=a-code&state={state}");
        await LoginAsync("--scope", "openid chat");

        (await _rig.RunAsync("login")).ShouldEndWith(ExitCodes.Ok);

        _asked["scope"].Should().Be("openid chat");
        _provider.TokenRequests.Should().HaveCount(2);
    }

    [Theory, InlineData(401, ExitCodes.NotSignedIn), InlineData(403, ExitCodes.Denied)]
    public async Task A_token_that_the_gateway_does_not_take_is_not_kept(int status, int exitCode)
    {
        ComeBackWith(state => $"code=a-code&state={state}");
        _rig.Gateway.Answer("GET /v1/me", """{"error":{"message":"Not for this gateway."}}""", status);

        (await LoginAsync()).ShouldEndWith(exitCode).Error.Should().Contain("Not for this gateway.").And.NotContain("canary");

        File.Exists(_rig.CredentialFile).Should().BeFalse();
    }

    [Theory]
    [InlineData("issuer", "https://other.example", "calls itself https://other.example")]
    [InlineData("token_endpoint", "http://198.51.100.7/token", "is not https")]
    [InlineData("authorization_endpoint", null, "has no sign-in page")]
    [InlineData("token_endpoint", null, "names no token endpoint")]
    public async Task Metadata_that_cannot_be_trusted_end_the_sign_in(string field, string? value, string reason)
    {
        _provider.Describe((field, value));

        (await LoginAsync()).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain(reason);
    }

    [Theory, InlineData(429), InlineData(500), InlineData(502), InlineData(503), InlineData(504)]
    public async Task A_provider_that_is_out_of_order_is_not_taken_for_a_wrong_address(int status)
    {
        _provider.Server.Answer("GET /.well-known/openid-configuration", "<html>Back soon</html>", status);

        (await LoginAsync()).ShouldEndWith(ExitCodes.Unreachable).Error.Should().Contain($"status {status}").And.NotContain("--issuer right");
    }

    [Theory, InlineData(200), InlineData(404)]
    public async Task An_address_that_is_no_provider_is_doubted(int status)
    {
        _provider.Server.Answer("GET /.well-known/openid-configuration", "<html>Welcome</html>", status);

        (await LoginAsync()).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("Is --issuer right?");
    }

    private Task<CliResult> LoginAsync(params string[] more) => _rig.RunAsync(Arguments(more));

    private string[] Arguments(params string[] more) => ["login", "--gateway", _rig.Gateway.Origin, "--issuer", _provider.Origin, "--client-id", "cli", .. more];

    /// <summary>Plays the browser: the provider sends it back at once.</summary>
    private void ComeBackWith(Func<string, string> query, Func<string, Task>? first = null) => _rig.OpenBrowser = address =>
    {
        _asked = HttpUtility.ParseQueryString(address.Query);
        var callback = _asked["redirect_uri"]!;
        _ = Task.Run(async () =>
        {
            await (first?.Invoke(callback) ?? Task.CompletedTask);
            (await _browser.GetAsync(new Uri($"{callback}?{query(WebUtility.UrlEncode(_asked["state"]!))}"))).Dispose();
        });
        return true;
    };
}
