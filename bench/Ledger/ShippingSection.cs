using System.Diagnostics;
using Gateway.Abstractions.Usage;
using Gateway.Api.Usage.Journal;
using Gateway.Api.Usage.Journal.Shipping;
using Gateway.Silo.Settings;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Writing;
using Gateway.Storage.Sql;
using Gateway.Storage.Sql.Postgres;
using Gateway.Testing;
using Gateway.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Bench.Ledger;

/// <summary>From a journal that one node left into PostgreSQL, sums included.</summary>
internal static class ShippingSection
{
    private const int Records = 200_000;
    private const double LeastPerSecond = 10_000;

    public static async Task RunAsync(PostgresServer server, Bars bars)
    {
        using var database = await OpenAsync(server);
        bars.AtLeast(LeastPerSecond, await RunAsync("PostgreSQL", database, new PostgresLedgerWriter()), "records/s into PostgreSQL");
    }

    public static async Task RunOnSqliteAsync()
    {
        using var folder = new TempFolder();
        using var database = new SqliteDatabase(folder.File("gateway.db"), TimeSpan.FromSeconds(30), TimeProvider.System);
        await new StorageMigrator(database, NullLogger<StorageMigrator>.Instance).MigrateAsync(CancellationToken.None);
        await RunAsync("SQLite", database, new SqliteLedgerWriter());
    }

    public static async Task<PostgresDatabase> OpenAsync(PostgresServer server)
    {
        if (!PostgresTarget.TryParse(server.Url(), out var target, out var problem))
        {
            throw new InvalidOperationException(problem);
        }

        var database = new PostgresDatabase(target, TimeSpan.FromSeconds(30), TimeProvider.System);
        await new StorageMigrator(database, NullLogger<StorageMigrator>.Instance).MigrateAsync(CancellationToken.None);
        return database;
    }

    /// <returns>Records a second.</returns>
    private static async Task<double> RunAsync(string name, GatewayDatabase database, LedgerWriter writer)
    {
        using var folder = new TempFolder();
        using (var journal = UsageJournal.Open(new JournalOptions { MaxBytes = 8L << 30 }, folder.Path, "bench", "node"))
        {
            Fill(journal);
        }

        var (started, spent) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        var adoption = await new JournalAdopter(new UsageLedger(database, writer), Options.Create(new ClusterOptions()), TimeProvider.System).AdoptAsync(folder.Path, CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cpu = (Environment.CpuUsage.TotalTime - spent).TotalMicroseconds / adoption.Records;
        Console.WriteLine($"shipping into {name} (1,000 users with a key each, 2 groups each, 4 models, one hour): {adoption.Records:N0} records in {seconds:0.0} s, {adoption.Records / seconds:N0}/s, {cpu:0.0} µs of this process a record");
        return adoption.Records / seconds;
    }

    private static void Fill(UsageJournal journal)
    {
        var random = new Random(1);
        var begin = TimeProvider.System.GetUtcNow().AddHours(-1);
        for (var i = 0; i < Records; i++)
        {
            var user = random.Next(1000);
            journal.TryBegin(
                new UsageIntent
                {
                    Id = Guid.CreateVersion7(begin.AddMilliseconds(i * 18)), User = $"user:local/u{user}", Key = $"key:{user:x16}", Groups = ["local/staff", $"local/g{user % 20}"],
                    Project = $"local/g{user % 20}", Model = $"model-{random.Next(4)}", Endpoint = $"endpoint-{random.Next(2)}", Operation = "chat/completions",
                },
                out var ticket);
            journal.Complete(
                ticket,
                new UsageOutcome
                {
                    Status = 200, Attempts = [new UsageAttempt { Endpoint = "endpoint-1", Status = 200, DurationMilliseconds = 900 }],
                    Usage = new TokenUsage { Input = random.Next(2000), Output = random.Next(800) }, CostNanoUsd = random.Next(1_000_000), DurationMilliseconds = 900,
                });
        }
    }
}
