using Gateway.Cli.Rigs;

namespace Gateway.Cli.Identity;

public sealed class DeviceLoginTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ScriptedProvider _provider = new();
    private CliRig _rig = null!;

    public ValueTask InitializeAsync()
    {
        _rig = new CliRig { Time = new WaitClock(_clock) };
        _rig.Gateway.Answer("GET /v1/me", """{"username":"alice"}""");
        _provider.Server.Answer("POST /device/auth", """{"device_code":"dev-CANARY","user_code":"WDJB-MJHT","verification_uri":"https://login.example/device","verification_uri_complete":"https://login.example/device?user_code=WDJB-MJHT","expires_in":60,"interval":5}""");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task The_code_is_shown_and_the_provider_asked_as_often_as_it_says()
    {
        _provider.Server["POST /token"] = Replies.Sequence(
            ScriptedProvider.Refusal("authorization_pending"), ScriptedProvider.Refusal("slow_down"), ScriptedProvider.Refusal("authorization_pending"), Replies.Json(200, ScriptedProvider.Tokens("tok-NEW-canary", "ref-NEW-canary")));
        var running = StartAsync();

        await AskedAfterAsync(5, 1);
        await AskedAfterAsync(5, 2);
        await NotAskedAfterAsync(9, 2);
        await AskedAfterAsync(1, 3);
        await AskedAfterAsync(10, 4);
        var result = await running;

        result.ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("WDJB-MJHT").And.Contain("https://login.example/device").And.NotContain("dev-CANARY");
        _provider.TokenRequests.Should().AllSatisfy(request => request.Should().Contain("device_code", "dev-CANARY").And.Contain("grant_type", "urn:ietf:params:oauth:grant-type:device_code").And.Contain("resource", "urn:gateway"));
        ScriptedServer.Form(_provider.Server.RequestsTo("/device/auth").Single()).Should().Contain("client_id", "cli").And.Contain("scope", "openid offline_access");
        (await _rig.ProfileAsync()).Credential!.AccessToken.Should().Be("tok-NEW-canary");
    }

    [Fact]
    public async Task A_code_that_nobody_entered_expires_by_the_clock_here_too()
    {
        _provider.Server["POST /token"] = ScriptedProvider.Refusal("authorization_pending");
        var running = StartAsync();

        for (var asked = 1; asked < 12; asked++)
        {
            await AskedAfterAsync(5, asked);
        }

        await NotAskedAfterAsync(5, 11);

        (await running).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("expired before anybody entered it");
    }

    [Theory, InlineData("expired_token", ExitCodes.Failed), InlineData("access_denied", ExitCodes.Denied), InlineData("invalid_grant", ExitCodes.Failed)]
    public async Task The_provider_can_end_it(string error, int exitCode)
    {
        _provider.Server["POST /token"] = ScriptedProvider.Refusal(error);
        var running = StartAsync();
        await AskedAfterAsync(5, 1);

        (await running).ShouldEndWith(exitCode);
        File.Exists(_rig.CredentialFile).Should().BeFalse();
    }

    [Fact]
    public async Task A_provider_that_fails_is_asked_half_as_often()
    {
        _provider.Server["POST /token"] = Replies.Sequence(Replies.Status(503), Replies.Reset(), Replies.Json(200, ScriptedProvider.Tokens("tok-NEW-canary")));
        var running = StartAsync();

        await AskedAfterAsync(5, 1);
        await NotAskedAfterAsync(9, 1);
        await AskedAfterAsync(1, 2);
        await NotAskedAfterAsync(19, 2);
        await AskedAfterAsync(1, 3);

        (await running).ShouldEndWith(ExitCodes.Ok);
    }

    [Fact]
    public async Task A_provider_without_device_authorization_is_named()
    {
        _provider.Describe(("device_authorization_endpoint", null));

        (await StartAsync()).ShouldEndWith(ExitCodes.Failed).Error.Should().Contain("no device authorization");
    }

    private Task<CliResult> StartAsync() =>
        Task.Run(() => _rig.RunAsync("login", "--device", "--gateway", _rig.Gateway.Origin, "--issuer", _provider.Origin, "--client-id", "cli", "--resource", "urn:gateway"));

    private async Task AdvanceAsync(int seconds)
    {
        await Eventually.TrueAsync(() => _clock.ArmedTimers == 1, "the tool waits");
        _clock.Advance(TimeSpan.FromSeconds(seconds));
    }

    private async Task AskedAfterAsync(int seconds, int times)
    {
        await AdvanceAsync(seconds);
        await Eventually.TrueAsync(() => _provider.TokenRequests.Count == times, $"the provider is asked {times} times");
    }

    private async Task NotAskedAfterAsync(int seconds, int times)
    {
        await AdvanceAsync(seconds);
        _provider.TokenRequests.Should().HaveCount(times);
    }

    /// <summary>Waits between questions are the test's; the bounds of network calls, which are longer, are real.</summary>
    private sealed class WaitClock(FakeTimeProvider waits) : TimeProvider
    {
        private static readonly TimeSpan ShortestBound = TimeSpan.FromSeconds(30);

        public override long TimestampFrequency => waits.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => waits.GetUtcNow();

        public override long GetTimestamp() => waits.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            (dueTime < ShortestBound ? waits : System).CreateTimer(callback, state, dueTime, period);
    }
}
