using Gateway.Api.Health;
using Gateway.Api.Usage;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Silo.Settings;
using Gateway.Storage;
using Gateway.Storage.Ledger.Reading;
using Gateway.Storage.Sql.Postgres;
using Gateway.Testing;
using Gateway.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TestingEventually = Gateway.Testing.Eventually;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>The services as a front-end has them.</summary>
public sealed class UsageLedgerHostTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly Random _random = new(1);

    [Fact]
    public async Task What_is_written_comes_to_the_database_and_a_stop_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        using var host = await StartAsync(folder);
        var intent = Run(host);
        var reader = host.Services.GetRequiredService<UsageReader>();
        await TestingEventually.TrueAsync(async () => await reader.FindAsync(intent.Id, None) is not null, "the record is in the database");

        var late = Run(host);
        await host.StopAsync();

        (await reader.FindAsync(late.Id, None)).Should().NotBeNull("a stop ships what is left");
        Directory.GetDirectories(folder.File("journal")).Should().BeEmpty();
        host.Services.GetRequiredService<Readiness>().Degraded.Should().BeEmpty();
    }

    [Fact]
    public async Task A_process_whose_journal_was_taken_in_tells_so_ships_on_and_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        using var copies = new TempFolder();
        var observer = new Observer();
        using var host = await StartAsync(folder, observer: observer);
        var reader = host.Services.GetRequiredService<UsageReader>();
        var intents = new List<UsageIntent> { Run(host) };
        var journal = Directory.GetDirectories(folder.File("journal")).Single();
        var copy = Directory.CreateDirectory(copies.File(Path.GetFileName(journal))).FullName;
        await File.WriteAllTextAsync(Path.Combine(copy, "lock"), "", None);
        foreach (var segment in Directory.GetFiles(journal, "*.seg"))
        {
            File.Copy(segment, Path.Combine(copy, Path.GetFileName(segment)));
        }

        await host.Services.GetRequiredService<JournalAdopter>().AdoptAsync(copies.Path, None);
        intents.Add(Run(host));
        await TestingEventually.TrueAsync(async () => await reader.FindAsync(intents[1].Id, None) is not null, "what came behind the copy is in the database");
        await TestingEventually.TrueAsync(() => observer.Times == 1, "it is told");
        intents.Add(Run(host));
        await host.StopAsync();

        foreach (var intent in intents)
        {
            (await reader.FindAsync(intent.Id, None))!.IsInterrupted.Should().BeFalse();
        }

        Directory.GetDirectories(folder.File("journal")).Should().BeEmpty();
        host.Services.GetRequiredService<Readiness>().Degraded.Should().BeEmpty();
        observer.Times.Should().Be(1);
    }

    [Fact]
    public async Task A_start_takes_in_what_the_last_life_and_other_nodes_left()
    {
        using var folder = new TempFolder();
        using var others = new TempFolder();
        var intents = new[] { Leave(folder.File("journal"), "a"), Leave(others.File("node-b/journal"), "b"), Leave(others.File("node-c/journal"), "c") };

        using var host = await StartAsync(folder, configureJournal: options => options.AdoptFolder = others.Path);

        var reader = host.Services.GetRequiredService<UsageReader>();
        foreach (var intent in intents)
        {
            var record = await TestingEventually.ValueAsync(() => reader.FindAsync(intent.Id, None), "the record is in the database");
            record.IsInterrupted.Should().BeTrue();
        }

        await TestingEventually.TrueAsync(() => Directory.GetDirectories(others.Path, "session-*", SearchOption.AllDirectories).Length == 0, "journals that were taken in are deleted");
        await host.StopAsync();
    }

    [Fact]
    public async Task While_the_database_is_away_the_journal_grows_to_its_bound_and_afterwards_everything_is_there_once()
    {
        await using var server = await PostgresServer.StartAsync();
        using var folder = new TempFolder();
        PostgresTarget.TryParse(server.Url(), out var target, out _).Should().BeTrue();
        using var host = await StartAsync(
            folder,
            storage => (storage.Postgres, storage.CallTimeout) = (target, TimeSpan.FromSeconds(5)),
            options => (options.MaxBytes, options.SegmentBytes) = (2 << 20, 64 << 10));
        await host.Services.GetRequiredService<Gateway.Storage.Hosting.StorageReadiness>().Prepared;
        var written = 0;
        await Many(1000);
        await server.KillAsync();

        await TestingEventually.TrueAsync(
            async () =>
            {
                await Many(500);
                return host.Services.GetRequiredService<UsageJournal>().State == JournalState.Full;
            },
            "the journal is full");
        var readiness = host.Services.GetRequiredService<Readiness>();
        await TestingEventually.TrueAsync(() => readiness.Degraded.Contains("journal"), "a full journal is told");

        await server.StartAgainAsync();
        await TestingEventually.TrueAsync(() => Count(server, written), "everything is there, once", TimeSpan.FromSeconds(60));
        await Many(100);
        await server.StopAsync();
        await Many(100);
        await server.StartAgainAsync();
        await TestingEventually.TrueAsync(() => Count(server, written), "also after a restart in order", TimeSpan.FromSeconds(60));
        await TestingEventually.TrueAsync(() => readiness.Degraded.Count == 0, "all is well again");
        await host.StopAsync();

        async Task Many(int count)
        {
            await Task.Yield();
            for (var i = 0; i < count; i++)
            {
                written += TryRun(host) is null ? 0 : 1;
            }
        }
    }

    private static async Task<bool> Count(PostgresServer server, int expected)
    {
        var records = await server.ScalarAsync<long>("SELECT count(*) FROM usage_records");
        records.Should().BeLessThanOrEqualTo(expected);
        return records == expected && await server.ScalarAsync<decimal>("SELECT coalesce(sum(requests), 0) FROM usage_days WHERE group_name = '*'") == expected;
    }

    private UsageIntent Leave(string journal, string session)
    {
        using var left = UsageJournal.Open(new JournalOptions(), journal, session, "node-" + session);
        var intent = Samples.Intent(_random);
        left.TryBegin(intent, out _).Should().BeTrue();
        return intent;
    }

    private UsageIntent Run(IHost host) => TryRun(host) ?? throw new InvalidOperationException("The journal refuses.");

    private UsageIntent? TryRun(IHost host)
    {
        var journal = host.Services.GetRequiredService<IUsageJournal>();
        var intent = Samples.Intent(_random) with { Id = Guid.CreateVersion7() };
        if (!journal.TryBegin(intent, out var ticket))
        {
            return null;
        }

        journal.Complete(ticket, Samples.Outcome(_random));
        return intent;
    }

    private static async Task<IHost> StartAsync(TempFolder folder, Action<StorageOptions>? configureStorage = null, Action<JournalOptions>? configureJournal = null, IJournalTakenObserver? observer = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.Configure<NodeOptions>(options => (options.DataDirectory, options.NodeId) = (folder.Path, "node-1"));
        builder.Services.Configure<StorageOptions>(options =>
        {
            options.SqlitePath = folder.File("gateway.db");
            options.ClusterSecret = new string('s', 32);
            options.CallTimeout = TimeSpan.FromSeconds(20);
            configureStorage?.Invoke(options);
        });
        builder.Services.Configure<JournalOptions>(options => configureJournal?.Invoke(options));
        builder.Services.AddLogging();
        builder.Services.AddHealth();
        builder.Services.AddGatewayStorage();
        builder.Services.AddUsageLedger();
        if (observer is not null)
        {
            builder.Services.AddSingleton(observer);
        }

        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class Observer : IJournalTakenObserver
    {
        public int Times { get; private set; }

        public void OnTaken() => Times++;
    }
}
