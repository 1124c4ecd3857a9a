using Gateway.Cli.Rigs;

namespace Gateway.Cli.Identity;

public sealed class ApiKeyLoginTests : IAsyncLifetime
{
    private readonly CliRig _rig = new() { Input = CliRig.ApiKey + "\n" };

    public ValueTask InitializeAsync()
    {
        _rig.Gateway.Answer("GET /v1/me", """{"username":"alice"}""");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_key_from_the_input_is_checked_and_kept()
    {
        var result = await LoginAsync("--json");

        result.ShouldEndWith(ExitCodes.Ok).Json.ToJsonString().Should().Contain("alice").And.NotContain(CliRig.ApiKey);
        _rig.Gateway.Requests.Single()["Authorization"].Should().Be("Bearer " + CliRig.ApiKey);
        (await _rig.ProfileAsync()).Credential!.ApiKey.Should().Be(CliRig.ApiKey);
    }

    [Fact]
    public async Task The_id_of_a_key_is_kept_with_it()
    {
        _rig.Gateway.Answer("GET /v1/me", """{"username":"alice","key":"key:0199c0"}""");

        (await LoginAsync()).ShouldEndWith(ExitCodes.Ok);

        (await _rig.ProfileAsync()).Credential!.KeyId.Should().Be("0199c0");
    }

    [Fact]
    public async Task A_key_that_the_gateway_refuses_is_not_kept()
    {
        _rig.Gateway.Answer("GET /v1/me", """{"error":{"message":"This API key has been revoked."}}""", 401);

        (await LoginAsync()).ShouldEndWith(ExitCodes.NotSignedIn).Error.Should().Contain("revoked");
        File.Exists(_rig.CredentialFile).Should().BeFalse();
    }

    [Fact]
    public async Task A_key_is_kept_when_the_gateway_is_away_and_that_is_said()
    {
        _rig.Gateway.StopListening();

        (await LoginAsync()).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("could not be checked");
        (await _rig.ProfileAsync()).Credential!.ApiKey.Should().Be(CliRig.ApiKey);
    }

    [Theory, InlineData(""), InlineData("two words\n"), InlineData("with\u0007bell\n"), InlineData("ключ\n")]
    public async Task What_cannot_be_a_key_is_refused(string input)
    {
        _rig.Input = input;

        (await LoginAsync()).ShouldEndWith(ExitCodes.Usage).Error.Should().NotContain("two words");
        _rig.Gateway.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("login", "--api-key", CliRig.ApiKey)]
    [InlineData("login", "--api-key=" + CliRig.ApiKey)]
    [InlineData("token", CliRig.ApiKey)]
    [InlineData("agent", "configure", CliRig.ApiKey)]
    [InlineData(CliRig.ApiKey)]
    public async Task A_key_on_the_command_line_is_refused_without_being_shown(params string[] arguments) =>
        (await _rig.RunAsync(arguments)).ShouldEndWith(ExitCodes.Usage).AllOutput.Should().NotContain(CliRig.ApiKey);

    [Fact]
    public async Task Plain_http_to_another_machine_needs_a_word()
    {
        (await _rig.RunAsync("login", "--api-key", "--gateway", "http://gateway.example")).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain("--allow-http");
    }

    [Theory, InlineData("ftp://x"), InlineData("gateway.example"), InlineData("https://user:pass@gateway.example")]
    public async Task An_address_that_is_none_is_refused(string address) =>
        (await _rig.RunAsync("login", "--api-key", "--gateway", address)).ShouldEndWith(ExitCodes.Usage).Error.Should().NotContain("pass@");

    [Fact]
    public async Task Signing_in_needs_a_gateway_and_a_way()
    {
        (await _rig.RunAsync("login")).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain("--gateway URL");
        (await _rig.RunAsync("login", "--gateway", _rig.Gateway.Origin)).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain("--issuer URL, --globus or --api-key");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_profile_remembers_that_it_signs_in_by_key(bool signsOut)
    {
        await LoginAsync();
        if (signsOut)
        {
            (await _rig.RunAsync("logout")).ShouldEndWith(ExitCodes.Ok);
        }

        _rig.Input = "gw-NEXT0123456789abcdefghijklmnop\n";

        (await _rig.RunAsync("login", "--admin-url", "http://127.0.0.1:8001")).ShouldEndWith(ExitCodes.Ok);

        (await _rig.ProfileAsync()).Should().BeEquivalentTo(new { AdminUrl = "http://127.0.0.1:8001", Credential = new { ApiKey = "gw-NEXT0123456789abcdefghijklmnop" } });
    }

    [Theory, InlineData("--device"), InlineData("--client-id", "x"), InlineData("--no-browser")]
    public async Task What_only_a_provider_understands_needs_one_also_where_the_profile_has_a_key(params string[] options)
    {
        await LoginAsync();

        (await _rig.RunAsync(["login", .. options])).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain("--issuer URL, --globus or --api-key");
    }

    [Fact]
    public async Task A_second_gateway_gets_a_profile_of_its_own()
    {
        await using var other = new ScriptedServer();
        other.Answer("GET /v1/me", "{}");
        await LoginAsync();

        (await _rig.RunAsync("login", "--api-key", "--gateway", other.Origin + "/v1/")).ShouldEndWith(ExitCodes.Ok);

        var profiles = (await _rig.RunAsync("profiles", "--json")).Json["data"]!.AsArray();
        profiles.Select(profile => profile!["name"]!.GetValue<string>()).Should().BeEquivalentTo("default", "127.0.0.1");
        profiles.Select(profile => profile!["gateway"]!.GetValue<string>()).Should().BeEquivalentTo(_rig.Gateway.Origin, other.Origin);
        profiles.ToString().Should().NotContain(CliRig.ApiKey);
    }

    [Fact]
    public async Task A_second_gateway_by_an_ipv6_address_gets_a_profile_that_can_be_named()
    {
        await LoginAsync();
        (await _rig.RunAsync("login", "--api-key", "--gateway", "http://[::1]:9")).ShouldEndWith(ExitCodes.Ok);
        var name = (await _rig.RunAsync("profiles", "--json")).Json["data"]!.AsArray().Select(profile => profile!["name"]!.GetValue<string>()).Single(name => name != "default");

        (await _rig.RunAsync("token", "--profile", name)).ShouldEndWith(ExitCodes.Ok);
    }

    private Task<CliResult> LoginAsync(params string[] more) => _rig.RunAsync(["login", "--api-key", "--gateway", _rig.Gateway.Origin, .. more]);
}
