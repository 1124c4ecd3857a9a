using System.Text.Json.Nodes;
using Gateway.Api.Demo;
using Gateway.Api.Startup;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Startup;
using Gateway.Silo.Checking;
using Gateway.Silo.Hosting;
using Gateway.Storage.Keys;
using Eventually = Gateway.Testing.Eventually;
using TempFolder = Gateway.Testing.TempFolder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Api.Tests.Demo;

public sealed class DemoLaunchTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task The_demo_manifest_is_accepted_as_any_other()
    {
        await using var started = await StartAsync();

        var lines = await ManifestCheck.RunAsync(started.Launch.Settings, TimeProvider.System, TestContext.Current.CancellationToken);

        lines.Should().OnlyContain(line => line.Verdict == CheckVerdict.Ok);
        lines.Select(line => line.Subject).Should().Contain("demo-north").And.Contain("demo-south");
    }

    [Fact]
    public async Task Both_endpoints_answer_under_their_own_name()
    {
        await using var started = await StartAsync();
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(started.Launch.Data.DemoManifestPath))!.AsObject();
        using var client = new HttpClient();

        foreach (var (id, entry) in manifest)
        {
            using var answer = await client.PostAsync($"{entry!["url"]}/chat/completions", new StringContent("""{"messages":[]}"""));
            (await answer.Content.ReadAsStringAsync()).Should().Contain($"'{id["demo-".Length..]}'");
        }
    }

    [Fact]
    public async Task The_key_is_a_stored_key_and_survives_a_restart()
    {
        string first;
        await using (var started = await StartAsync())
        {
            first = DemoKey.Find(started.Launch.Data)!;
            (await StoredAsync(started, first)).Should().BeTrue();
        }

        await using var again = await StartAsync();
        DemoKey.Find(again.Launch.Data).Should().Be(first);
        (await StoredAsync(again, first)).Should().BeTrue();
    }

    [Fact]
    public async Task A_revoked_key_is_replaced()
    {
        string first;
        await using (var started = await StartAsync())
        {
            first = DemoKey.Find(started.Launch.Data)!;
            var store = started.Host.Services.GetRequiredService<IApiKeyStore>();
            var stored = await store.FindByHashAsync(KeyHash.Of(first), default);
            await store.RevokeAsync(stored!.Record.Id, new("test", "key.revoke", "key"), default);
        }

        await using var again = await StartAsync();
        DemoKey.Find(again.Launch.Data).Should().NotBe(first);
    }

    [Fact]
    public async Task The_printed_key_ends_with_the_demo()
    {
        string key;
        await using (var demo = await StartAsync())
        {
            key = DemoKey.Find(demo.Launch.Data)!;
        }

        await using var real = await StartAsync(("METIS_STATUS_URL", "status.json"));

        (await StoredAsync(real, key)).Should().BeFalse();
    }

    [Fact]
    public async Task The_printed_key_ends_in_the_demos_database_also_after_starts_on_others()
    {
        string key;
        await using (var demo = await StartAsync())
        {
            key = DemoKey.Find(demo.Launch.Data)!;
        }

        MoveDatabase("gateway.db", "demo.db");
        await using (await StartAsync(("METIS_STATUS_URL", "status.json")))
        {
        }

        MoveDatabase("gateway.db", "other.db");
        MoveDatabase("demo.db", "gateway.db");
        await using var real = await StartAsync(("METIS_STATUS_URL", "status.json"));

        (await StoredAsync(real, key)).Should().BeFalse();
    }

    [Fact]
    public async Task A_database_that_is_away_does_not_stop_the_start_and_the_printed_key_ends_when_it_is_back()
    {
        string key;
        await using (var demo = await StartAsync())
        {
            key = DemoKey.Find(demo.Launch.Data)!;
        }

        await using var real = await StartAsync(isDown: true, ("METIS_STATUS_URL", "status.json"));
        var store = (SwitchableStore)real.Host.Services.GetRequiredService<IApiKeyStore>();
        store.Lookups.Should().BePositive();
        store.IsDown = false;

        await Eventually.TrueAsync(async () => !await StoredAsync(real, key), "it is revoked");
    }

    [Fact]
    public void The_commands_hold_address_and_key_for_both_shells() =>
        DemoCommands.Text("http://127.0.0.1:8000", "gw-key").Should()
            .Contain("curl -sSN http://127.0.0.1:8000/v1/chat/completions -H 'Authorization: Bearer gw-key'")
            .And.Contain("Invoke-RestMethod http://127.0.0.1:8000/v1/chat/completions");

    private static async Task<bool> StoredAsync(Started started, string key) =>
        await started.Host.Services.GetRequiredService<IApiKeyStore>().FindByHashAsync(KeyHash.Of(key), default) is { IsAuthentic: true, Record.RevokedAt: null };

    private void MoveDatabase(string from, string to)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_home.Path, "data"), from + "*"))
        {
            File.Move(file, Path.Combine(Path.GetDirectoryName(file)!, to + Path.GetFileName(file)[from.Length..]));
        }
    }

    private Task<Started> StartAsync(params (string Name, string Value)[] environment) => StartAsync(isDown: false, environment);

    private async Task<Started> StartAsync(bool isDown, params (string Name, string Value)[] environment)
    {
        var launch = Launch.Prepare(SettingsOf.Load(_home.Path, environment), onTerminal: false);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(launch);
        builder.Services.AddDemo(launch);
        builder.Services.AddSingleton<IApiKeyStore>(services =>
            new SwitchableStore(ActivatorUtilities.CreateInstance<SqlApiKeyStore>(services)) { IsDown = isDown });
        builder.AddGatewayCluster(launch.Settings);
        var host = builder.Build();
        await host.StartAsync();
        return new Started(launch, host);
    }

    private sealed record Started(Launch Launch, IHost Host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Host.StopAsync();
            Host.Dispose();
            Launch.Data.Dispose();
        }
    }
}
