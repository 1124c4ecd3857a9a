using Gateway.Cli.Profiles;
using Gateway.Cli.Rigs;

namespace Gateway.Cli.Identity;

public sealed class LogoutTests : IAsyncLifetime
{
    private readonly CliRig _rig = new();
    private readonly ScriptedProvider _provider = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Both_tokens_are_revoked_and_removed_and_the_way_to_sign_in_is_kept()
    {
        await HoldAsync();

        (await _rig.RunAsync("logout", "--json")).ShouldEndWith(ExitCodes.Ok).Json["revoked"]!.GetValue<bool>().Should().BeTrue();

        _provider.Server.RequestsTo("/revoke").Select(request => ScriptedServer.Form(request)["token"]).Should().Equal("ref-OLD-canary", CliRig.Token);
        (await _rig.ProfileAsync()).Should().BeEquivalentTo(new { Credential = (Credential?)null, SignIn = _provider.Settings });
        (await File.ReadAllTextAsync(_rig.CredentialFile)).Should().NotContain("canary");
        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.NotSignedIn);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_said_and_the_tokens_are_removed_all_the_same()
    {
        await HoldAsync();
        _provider.Server.StopListening();

        (await _rig.RunAsync("logout")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("work until they expire");
        (await _rig.ProfileAsync()).Credential.Should().BeNull();
    }

    [Theory, InlineData("k-1", "gateway keys revoke k-1"), InlineData(null, "gateway keys list")]
    public async Task An_api_key_is_removed_and_said_to_work_on_and_how_to_end_it(string? id, string advice)
    {
        await _rig.SignInAsync(new Credential { ApiKey = CliRig.ApiKey, KeyId = id });

        (await _rig.RunAsync("logout")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("still works").And.Contain(advice).And.Contain("before gateway logout").And.NotContain(CliRig.ApiKey);
        _rig.Gateway.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_profile_can_be_forgotten_and_another_becomes_the_default()
    {
        await _rig.SignInAsync();
        await _rig.SignInAsync(name: "work");

        (await _rig.RunAsync("logout", "--profile", "default", "--forget")).ShouldEndWith(ExitCodes.Ok);

        var book = await _rig.Store.ReadAsync(CancellationToken.None);
        book.Profiles.Keys.Should().Equal("work");
        book.Default.Should().Be("work");
    }

    [Fact]
    public async Task Without_a_sign_in_there_is_nothing_to_end() =>
        (await _rig.RunAsync("logout")).ShouldEndWith(ExitCodes.NotSignedIn).Error.Should().Contain("gateway login");

    private Task HoldAsync() => _rig.SignInAsync(new Credential { AccessToken = CliRig.Token, RefreshToken = "ref-OLD-canary" }, _provider.Settings);
}
