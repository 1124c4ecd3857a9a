using Gateway.Cli.Rigs;

namespace Gateway.Cli.Http;

public sealed class FailureTests : IAsyncLifetime
{
    private readonly CliRig _rig = new();

    public async ValueTask InitializeAsync() => await _rig.SignInAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Theory]
    [InlineData(400, ExitCodes.Failed)]
    [InlineData(401, ExitCodes.NotSignedIn)]
    [InlineData(402, ExitCodes.LimitReached)]
    [InlineData(403, ExitCodes.Denied)]
    [InlineData(404, ExitCodes.Failed)]
    [InlineData(429, ExitCodes.LimitReached)]
    [InlineData(500, ExitCodes.Failed)]
    [InlineData(502, ExitCodes.Unreachable)]
    [InlineData(503, ExitCodes.Unreachable)]
    [InlineData(504, ExitCodes.Unreachable)]
    public async Task Every_refusal_has_an_exit_code_and_one_line_with_the_gateways_words(int status, int exitCode)
    {
        _rig.Gateway.Answer("GET /v1/models", """{"error":{"message":"The gateway's\r\n own \u001b[31mwords.","code":"x"}}""", status, ("Retry-After", "7"), ("x-gateway-request-id", "id-1"));

        var result = await _rig.RunAsync("models", "--json");

        result.ShouldEndWith(exitCode).Output.Should().BeEmpty();
        result.Error.Should().StartWith("gateway: ").And.Contain("The gateway's own [31mwords.").And.NotContain("\u001b").And.NotContain(CliRig.ApiKey);
        result.Error.TrimEnd().Should().NotContain("\n");
        result.Error.Contains("try again in 7 s", StringComparison.Ordinal).Should().Be(status is 429 or 502 or 503 or 504);
        result.Error.Contains("request id-1", StringComparison.Ordinal).Should().Be(status >= 500);
    }

    [Fact]
    public async Task A_gateway_that_is_not_there_is_named()
    {
        _rig.Gateway.StopListening();

        (await _rig.RunAsync("models")).ShouldEndWith(ExitCodes.Unreachable).Error.Should().Contain($"Cannot reach the gateway at {_rig.Gateway.Origin}").And.Contain("Is the address right");
    }

    [Fact]
    public async Task A_gateway_that_hangs_is_given_up()
    {
        var clock = new FakeTimeProvider();
        _rig.Time = clock;
        _rig.Gateway["GET /v1/models"] = Replies.Hang();
        var running = Task.Run(() => _rig.RunAsync("models"));
        await Eventually.TrueAsync(() => _rig.Gateway.Requests.Count == 1, "it is asked");

        clock.Advance(TimeSpan.FromSeconds(60));

        (await running).ShouldEndWith(ExitCodes.Unreachable).Error.Should().Contain("no answer within 60 seconds");
    }

    [Theory, InlineData("<html>Welcome to nginx</html>", 200), InlineData("<html>Not Found</html>", 404)]
    public async Task A_server_that_is_no_gateway_is_named(string body, int status)
    {
        _rig.Gateway.Answer("GET /v1/models", body, status);

        (await _rig.RunAsync("models")).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("does not answer like a gateway");
    }

    [Fact]
    public async Task A_redirect_is_told_and_not_followed()
    {
        await using var elsewhere = new ScriptedServer();
        _rig.Gateway.Answer("GET /v1/models", "", 307, ("Location", elsewhere.Origin + "/v1/models"));

        (await _rig.RunAsync("models")).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain(elsewhere.Origin);
        elsewhere.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_credential_is_not_sent_to_a_gateway_it_was_not_made_for()
    {
        await using var elsewhere = new ScriptedServer();

        foreach (var arguments in (string[][])[["models", "--gateway", elsewhere.Origin], ["token", "--gateway", elsewhere.Origin], ["models", "--profile", "default", "--gateway", elsewhere.Origin]])
        {
            (await _rig.RunAsync(arguments)).ExitCode.Should().BeOneOf(ExitCodes.NotSignedIn, ExitCodes.Usage);
        }

        _rig.Variables["GATEWAY_URL"] = elsewhere.Origin;
        (await _rig.RunAsync("models")).ShouldEndWith(ExitCodes.NotSignedIn);
        elsewhere.Requests.Should().BeEmpty();
    }
}
