using Gateway.Cli.Profiles;
using Gateway.Cli.Rigs;

namespace Gateway.Cli.Identity;

public sealed class TokenTests : IAsyncLifetime
{
    private readonly CliRig _rig = new() { Time = new FakeTimeProvider() };
    private readonly ScriptedProvider _provider = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_fresh_token_is_printed_alone_and_nobody_is_asked()
    {
        await HoldAsync(TimeSpan.FromSeconds(60));

        var result = await _rig.RunAsync("token");

        result.ShouldEndWith(ExitCodes.Ok).Should().BeEquivalentTo(new { Output = CliRig.Token + Environment.NewLine, Error = "" });
        _provider.Server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_token_with_less_than_a_minute_left_is_renewed_and_both_new_tokens_are_kept()
    {
        await HoldAsync(TimeSpan.FromSeconds(59));

        var result = await _rig.RunAsync("token", "--json");

        result.Json["access_token"]!.GetValue<string>().Should().Be("tok-NEW-canary");
        result.Json["expires_at"]!.GetValue<DateTimeOffset>().Should().Be(_rig.Time.GetUtcNow().AddHours(1));
        _provider.TokenRequests.Single().Should().BeEquivalentTo(new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = "ref-OLD-canary", ["client_id"] = "cli", ["resource"] = "urn:gateway" });
        (await _rig.ProfileAsync()).Credential!.Should().BeEquivalentTo(new { AccessToken = "tok-NEW-canary", RefreshToken = "ref-NEW-canary" });
    }

    [Fact]
    public async Task A_refresh_token_that_is_not_replaced_stays()
    {
        await HoldAsync(TimeSpan.Zero);
        _provider.Server.Answer("POST /token", ScriptedProvider.Tokens("tok-NEW-canary"));

        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.Ok);

        (await _rig.ProfileAsync()).Credential!.RefreshToken.Should().Be("ref-OLD-canary");
    }

    [Fact]
    public async Task Runs_at_the_same_time_use_the_refresh_token_once()
    {
        _rig.Time = TimeProvider.System;
        await HoldAsync(TimeSpan.Zero);
        _provider.Server["POST /token"] = Replies.After(TimeSpan.FromMilliseconds(200), Replies.Json(200, ScriptedProvider.Tokens("tok-NEW-canary", "ref-NEW-canary")));

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => _rig.RunAsync("token"))));

        results.Should().AllSatisfy(result => result.ShouldEndWith(ExitCodes.Ok).Output.Trim().Should().Be("tok-NEW-canary"));
        _provider.TokenRequests.Should().HaveCount(1);
    }

    [Fact]
    public async Task A_sign_in_that_has_ended_says_so_and_is_not_tried_again()
    {
        await HoldAsync(TimeSpan.FromSeconds(30));
        _provider.Server["POST /token"] = ScriptedProvider.Refusal("invalid_grant", "grant has been revoked");

        var first = await _rig.RunAsync("token");
        var second = await _rig.RunAsync("token");

        first.ShouldEndWith(ExitCodes.NotSignedIn).Error.Should().Contain("grant has been revoked").And.Contain("gateway login --profile default");
        second.ShouldEndWith(ExitCodes.NotSignedIn).Output.Should().BeEmpty();
        _provider.TokenRequests.Should().HaveCount(1);
        (await _rig.ProfileAsync()).SignIn.Should().NotBeNull("signing in again must need no options");
    }

    [Fact]
    public async Task Without_the_provider_a_token_is_used_while_it_lasts()
    {
        await HoldAsync(TimeSpan.FromSeconds(30));
        _provider.Server.StopListening();

        var result = await _rig.RunAsync("token");

        result.ShouldEndWith(ExitCodes.Ok).Output.Trim().Should().Be(CliRig.Token);
        result.Error.Should().Contain("could not be renewed");
    }

    [Fact]
    public async Task While_the_provider_hangs_none_prints_a_token_that_has_expired_meanwhile()
    {
        var clock = new FakeTimeProvider();
        _rig.Time = clock;
        await HoldAsync(TimeSpan.FromSeconds(15));
        _provider.Server["POST /token"] = Replies.Hang();

        var running = Task.Run(() => _rig.RunAsync("token"));
        await Eventually.TrueAsync(() => _provider.TokenRequests.Any(), "the provider is asked");
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return running.IsCompleted;
            },
            "it gives up");

        (await running).ShouldEndWith(ExitCodes.Unreachable).Output.Should().BeEmpty();
    }

    [Fact]
    public async Task While_another_run_waits_for_the_provider_a_token_is_used_while_it_lasts()
    {
        var clock = new FakeTimeProvider();
        _rig.Time = clock;
        await HoldAsync(TimeSpan.FromSeconds(55));
        _provider.Server["POST /token"] = Replies.Hang();
        var first = Task.Run(() => _rig.RunAsync("token"));
        await Eventually.TrueAsync(() => _provider.TokenRequests.Any(), "the provider is asked");

        var second = Task.Run(() => _rig.RunAsync("token"));
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(50));
                return second.IsCompleted;
            },
            "it does not wait for the other");

        (await second).ShouldEndWith(ExitCodes.Ok).Output.Trim().Should().Be(CliRig.Token);
        first.IsCompleted.Should().BeFalse("the provider has still time");
        _provider.TokenRequests.Should().HaveCount(1);
        clock.Advance(TimeSpan.FromSeconds(30));
        (await first).ShouldEndWith(ExitCodes.Ok).Output.Trim().Should().Be(CliRig.Token);
    }

    [Fact]
    public async Task Who_interrupts_a_renewal_loses_no_refresh_token()
    {
        using var interrupted = new CancellationTokenSource();
        await HoldAsync(TimeSpan.Zero);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _provider.Server["POST /token"] = Replies.When(answer.Task, Replies.Json(200, ScriptedProvider.Tokens("tok-NEW-canary", "ref-NEW-canary")));
        var running = Task.Run(() => _rig.RunAsync(interrupted.Token, "token"));
        await Eventually.TrueAsync(() => _provider.TokenRequests.Any(), "the provider is asked");

        await interrupted.CancelAsync();
        answer.SetResult();
        await running;

        (await _rig.ProfileAsync()).Credential!.RefreshToken.Should().Be("ref-NEW-canary");
        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.Ok).Output.Trim().Should().Be("tok-NEW-canary");
        _provider.TokenRequests.Should().HaveCount(1);
    }

    [Fact]
    public async Task Without_the_provider_an_expired_token_is_not_printed_and_the_sign_in_is_kept()
    {
        await HoldAsync(TimeSpan.FromSeconds(-1));
        _provider.Server.StopListening();

        var result = await _rig.RunAsync("token");

        result.ShouldEndWith(ExitCodes.Unreachable).Output.Should().BeEmpty();
        (await _rig.ProfileAsync()).Credential!.RefreshToken.Should().Be("ref-OLD-canary");
    }

    [Theory, InlineData("invalid_client", 401), InlineData("temporarily_unavailable", 503)]
    public async Task Other_refusals_of_the_provider_do_not_end_the_sign_in(string error, int status)
    {
        await HoldAsync(TimeSpan.FromSeconds(-1));
        _provider.Server["POST /token"] = ScriptedProvider.Refusal(error, status: status);

        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.Unreachable);

        (await _rig.ProfileAsync()).Credential.Should().NotBeNull();
    }

    [Fact]
    public async Task A_token_whose_life_is_unknown_is_printed_as_it_is()
    {
        await _rig.SignInAsync(new Credential { AccessToken = CliRig.Token, RefreshToken = "ref-OLD-canary" }, _provider.Settings);

        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.Ok).Output.Trim().Should().Be(CliRig.Token);
    }

    [Fact]
    public async Task An_expired_token_without_a_refresh_token_asks_to_sign_in()
    {
        await _rig.SignInAsync(new Credential { AccessToken = CliRig.Token, ExpiresAt = _rig.Time.GetUtcNow() }, _provider.Settings);

        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.NotSignedIn).Output.Should().BeEmpty();
    }

    [Fact]
    public async Task A_token_that_the_gateway_refuses_is_renewed_once()
    {
        await HoldAsync(TimeSpan.FromHours(1));
        _rig.Gateway["GET /v1/me"] = exchange => Replies.Json(
            exchange.Request["Authorization"] == "Bearer tok-NEW-canary" ? 200 : 401, """{"username":"alice","error":{"message":"no"}}""")(exchange);

        var result = await _rig.RunAsync("whoami");

        result.ShouldEndWith(ExitCodes.Ok).Output.Should().Contain("alice");
        _rig.Gateway.Requests.Select(request => request["Authorization"]).Should().Equal("Bearer " + CliRig.Token, "Bearer tok-NEW-canary");
    }

    [Fact]
    public async Task An_api_key_of_the_environment_needs_to_be_told_its_gateway()
    {
        _rig.Variables["GATEWAY_API_KEY"] = CliRig.ApiKey;

        (await _rig.RunAsync("token")).ShouldEndWith(ExitCodes.Usage).AllOutput.Should().NotContain(CliRig.ApiKey);
        (await _rig.RunAsync("token", "--gateway", _rig.Gateway.Origin)).ShouldEndWith(ExitCodes.Ok).Output.Trim().Should().Be(CliRig.ApiKey);
    }

    private Task HoldAsync(TimeSpan left) => _rig.SignInAsync(
        new Credential { AccessToken = CliRig.Token, RefreshToken = "ref-OLD-canary", ExpiresAt = _rig.Time.GetUtcNow() + left },
        _provider.Settings);
}
