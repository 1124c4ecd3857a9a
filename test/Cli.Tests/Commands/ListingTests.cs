using Gateway.Cli.Rigs;

namespace Gateway.Cli.Commands;

public sealed class ListingTests : IAsyncLifetime
{
    private readonly CliRig _rig = new();

    public async ValueTask InitializeAsync() => await _rig.SignInAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Models_are_a_table_for_people_and_the_gateways_document_for_programs()
    {
        const string list = """{"object":"list","data":[{"id":"org/model-a","owned_by":"metis","context_window":8192},{"id":"b","owned_by":"metis"}]}""";
        _rig.Gateway.Answer("GET /v1/models", list);

        (await _rig.RunAsync("models")).ShouldEndWith(ExitCodes.Ok).Output.ReplaceLineEndings("\n").Should().Be(
            "MODEL        CLUSTER  CONTEXT\norg/model-a  metis    8192\nb            metis    -\n");
        (await _rig.RunAsync("models", "--json")).ShouldEndWith(ExitCodes.Ok).Output.TrimEnd().Should().Be(list);
    }

    [Fact]
    public async Task Whoami_shows_what_there_is()
    {
        _rig.Gateway.Answer("GET /v1/me", """{"id":"alice","username":"alice","name":"Alice","user":"user:alice","key":null,"groups":["chess","physics"],"role":"operator","models":null,"auth_service":"corp"}""");

        var shown = (await _rig.RunAsync("whoami")).ShouldEndWith(ExitCodes.Ok).Output;

        shown.Should().Contain(_rig.Gateway.Origin).And.Contain("chess, physics").And.Contain("operator").And.NotContain("models");
        (await _rig.RunAsync("whoami", "--json")).Json["groups"]!.AsArray().Should().HaveCount(2);
    }

    [Fact]
    public async Task Another_profile_has_its_own_gateway_and_credential()
    {
        await using var other = new ScriptedServer();
        other.Answer("GET /v1/me", """{"username":"bob"}""");
        await _rig.SignInAsync(new() { ApiKey = "gw-other" }, name: "work", gateway: other.Origin);

        (await _rig.RunAsync("whoami", "--profile", "work")).ShouldEndWith(ExitCodes.Ok).Output.Should().Contain("bob");
        (await _rig.RunAsync("whoami", "--gateway", other.Origin)).ShouldEndWith(ExitCodes.Ok);
        _rig.Variables["GATEWAY_PROFILE"] = "work";
        (await _rig.RunAsync("whoami")).ShouldEndWith(ExitCodes.Ok);
        _rig.Variables.Clear();
        _rig.Variables["XDG_CONFIG_HOME"] = _rig.Home.File("config");
        (await _rig.RunAsync("profiles", "--use", "work")).ShouldEndWith(ExitCodes.Ok).Output.Should().MatchRegex("work .*default");
        (await _rig.RunAsync("whoami")).ShouldEndWith(ExitCodes.Ok);

        other.Requests.Should().HaveCount(4).And.AllSatisfy(request => request["Authorization"].Should().Be("Bearer gw-other"));
        _rig.Gateway.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_key_of_the_environment_goes_before_the_profile()
    {
        _rig.Variables["GATEWAY_API_KEY"] = "gw-environment";
        _rig.Variables["GATEWAY_URL"] = _rig.Gateway.Origin;
        _rig.Gateway.Answer("GET /v1/me", "{}");

        (await _rig.RunAsync("whoami")).ShouldEndWith(ExitCodes.Ok);

        _rig.Gateway.Requests.Single()["Authorization"].Should().Be("Bearer gw-environment");
    }
}
