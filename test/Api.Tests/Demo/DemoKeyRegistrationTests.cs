using Gateway.Api.Demo;
using Gateway.Api.Startup;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Startup;
using Gateway.Storage;
using Gateway.Testing;
using Microsoft.Extensions.Logging;
using Eventually = Gateway.Testing.Eventually;

namespace Gateway.Api.Tests.Demo;

public sealed class DemoKeyRegistrationTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogCollector _logs = new();
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_database_that_is_slow_for_a_moment_does_not_end_the_start()
    {
        await using var host = await IdentityHost.StartAsync();
        var launch = Launch.Prepare(SettingsOf.Load(_home.Path), onTerminal: false);
        using var data = launch.Data;
        host.Store.IsDown = true;
        var starting = StartAsync(host, launch);
        await Eventually.TrueAsync(() => !_logs.Lines.IsEmpty, "the first try failed");
        _time.Advance(DemoKeyRegistration.Patience / 2);
        await Eventually.TrueAsync(() => host.Store.Lookups > 0, "it was tried again");

        host.Store.IsDown = false;
        await PassAsync(starting);

        await starting;
        (await host.AuthenticateAsync(DemoKey.Find(data)!)).Caller.Should().NotBeNull();
        _logs.Lines.Should().ContainSingle(line => line.Contains("tried again for 30 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_stays_away_does()
    {
        await using var host = await IdentityHost.StartAsync();
        var launch = Launch.Prepare(SettingsOf.Load(_home.Path), onTerminal: false);
        using var data = launch.Data;
        host.Store.IsDown = true;
        var starting = StartAsync(host, launch);

        await PassAsync(starting);

        await FluentActions.Awaiting(() => starting).Should().ThrowAsync<StorageUnavailableException>();
    }

    private Task StartAsync(IdentityHost host, Launch launch)
    {
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(_logs));
        return new DemoKeyRegistration(launch, host.Store, _time, logging.CreateLogger<DemoKeyRegistration>()).StartAsync(TestContext.Current.CancellationToken);
    }

    private Task PassAsync(Task starting) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return starting.IsCompleted;
        },
        "it has ended");
}
