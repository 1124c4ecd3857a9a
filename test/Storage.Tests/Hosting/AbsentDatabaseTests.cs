using Gateway.Storage.Hosting;
using Gateway.Storage.Keys;
using Gateway.Storage.Sql.Postgres;
using Gateway.Testing;
using Gateway.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Storage.Tests.Hosting;

/// <summary>A gateway may start before its database, or with a wrong one: it says so, goes on, and heals.</summary>
public sealed class AbsentDatabaseTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_host_starts_without_its_database_and_heals_when_it_comes()
    {
        await using var server = await PostgresServer.CreateAsync();
        using var log = new LogCollector();
        using var host = StorageHost.Build(options => Use(options, server.Url()), log: log);
        var store = host.Services.GetRequiredService<IApiKeyStore>();
        var readiness = host.Services.GetRequiredService<StorageReadiness>();

        await host.StartAsync(None);

        readiness.IsPrepared.Should().BeFalse();
        var failure = (await FluentActions.Awaiting(() => store.MaxVersionAsync(None)).Should().ThrowAsync<StorageUnavailableException>()).Which;
        await server.StartAgainAsync();
        await readiness.Prepared.WaitAsync(TimeSpan.FromSeconds(30), None);
        (await store.MaxVersionAsync(None)).Should().Be(0);
        log.Lines.Should().ContainSingle(line => line.Contains("cannot be reached"), "a cause is told once").Which.Should().StartWith("Error DATABASE_URL: ");
        log.Lines.Should().Contain(line => line.Contains("is there and has the tables"));
        log.Text.Should().NotContain(server.Password);
        failure.ToString().Should().NotContain(server.Password);
        await host.StopAsync(None);
    }

    [Fact]
    public async Task A_wrong_password_is_one_line_that_names_the_setting_and_not_the_password()
    {
        var server = await SharedPostgres.GetAsync();
        using var log = new LogCollector();
        using var host = StorageHost.Build(options => Use(options, server.Url().Replace(server.Password, "canary-word")), log: log);

        await host.StartAsync(None);

        var line = log.Lines.Should().ContainSingle(line => line.Contains("DATABASE_URL")).Which;
        line.Should().Contain("refuses the user or the password").And.NotContain("\n");
        var failure = (await FluentActions.Awaiting(() => host.Services.GetRequiredService<IApiKeyStore>().MaxVersionAsync(None))
            .Should().ThrowAsync<StorageUnavailableException>()).Which;
        (log.Text + failure).Should().NotContain("canary-word");
        await host.StopAsync(None);
    }

    [Fact]
    public async Task A_host_stops_at_once_while_it_still_waits_for_its_database()
    {
        using var host = StorageHost.Build(options => Use(options, $"postgres://u:p@127.0.0.1:{FreePort.Next()}/db"));
        await host.StartAsync(None);

        await host.StopAsync(None).WaitAsync(TimeSpan.FromSeconds(10), None);

        host.Services.GetRequiredService<StorageReadiness>().IsPrepared.Should().BeFalse();
    }

    [Fact]
    public async Task Ten_hosts_that_wait_for_one_database_migrate_it_once()
    {
        await using var server = await PostgresServer.CreateAsync();
        var hosts = Enumerable.Range(0, 10).Select(_ => StorageHost.Build(options => Use(options, server.Url()))).ToList();
        try
        {
            await Task.WhenAll(hosts.Select(host => host.StartAsync(None)));
            await server.StartAgainAsync();

            await Task.WhenAll(hosts.Select(host => host.Services.GetRequiredService<StorageReadiness>().Prepared)).WaitAsync(TimeSpan.FromSeconds(60), None);

            (await server.ScalarAsync<long>("SELECT count(*) - max(version) FROM schema_version")).Should().Be(0);
        }
        finally
        {
            await Task.WhenAll(hosts.Select(host => host.StopAsync(None)));
            hosts.ForEach(host => host.Dispose());
        }
    }

    private static void Use(StorageOptions options, string url)
    {
        PostgresTarget.TryParse(url, out var target, out _).Should().BeTrue();
        options.Postgres = target;
        options.CallTimeout = TimeSpan.FromSeconds(5);
    }
}
