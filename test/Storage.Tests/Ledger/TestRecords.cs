using System.Collections.Immutable;
using Gateway.Abstractions.Usage;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Writing;

namespace Gateway.Storage.Tests.Ledger;

/// <summary>Records by a seeded random source, and the ledger over a test's database.</summary>
internal static class TestRecords
{
    public static readonly DateTimeOffset Begin = new(2029, 12, 30, 21, 0, 0, TimeSpan.Zero);

    public static UsageLedger LedgerOf(TestDatabase database) => new(database.Database, WriterOf(database));

    public static LedgerWriter WriterOf(TestDatabase database) => database is PostgresTestDatabase ? new PostgresLedgerWriter() : new SqliteLedgerWriter();

    public static UsageRecord At(DateTimeOffset time, string model = "m") => new()
    {
        Id = Guid.CreateVersion7(time),
        User = "user:local/alice",
        Key = "key:k1",
        Groups = ["local/a"],
        Model = model,
        Operation = "chat/completions",
        Status = 200,
        Usage = new TokenUsage { Input = 10, Output = 5 },
        CostNanoUsd = 1_000,
        Node = "node-1",
        Session = "s",
    };

    /// <param name="span">Times lie in the time from <see cref="Begin"/> on.</param>
    public static UsageRecord Any(Random random, TimeSpan span) => new()
    {
        Id = Guid.CreateVersion7(Begin + (random.NextDouble() * span)),
        ClientId = random.Next(2) == 0 ? null : "client-" + random.Next(100),
        User = random.Next(4) == 0 ? null : "user:local/u" + random.Next(5),
        Key = random.Next(3) == 0 ? null : "key:k" + random.Next(3),
        Groups = [.. Enumerable.Range(0, 3).Where(_ => random.Next(2) == 0).Select(i => $"local/g{i}_%\"é")],
        Project = random.Next(3) == 0 ? null : "local/p" + random.Next(2),
        EndUser = random.Next(3) == 0 ? null : "end" + random.Next(4),
        Model = "model-" + random.Next(3),
        ServedModel = random.Next(2) == 0 ? null : "served",
        Endpoint = "e" + random.Next(2),
        Operation = "chat/completions",
        IsStreamed = random.Next(2) == 0,
        Attempts = [new UsageAttempt { Endpoint = "e0", Status = 503, Failure = "server_error", DurationMilliseconds = 3 }, new UsageAttempt { Endpoint = "e1", Status = 200, Usage = new TokenUsage { Input = 3 } }],
        Status = random.Next(5) == 0 ? 502 : 200,
        Usage = new TokenUsage { Input = random.Next(1000), CachedInput = random.Next(100), CacheWrite = random.Next(50), Output = random.Next(500), Reasoning = random.Next(100), AudioInput = 1, AudioOutput = 2 },
        CostNanoUsd = random.NextInt64(1_000_000_000_000),
        PriceVersion = "2026-11",
        FirstByteMilliseconds = random.Next(3) == 0 ? null : random.Next(100),
        DurationMilliseconds = random.Next(10_000),
        IsPartial = random.Next(6) == 0,
        IsInterrupted = random.Next(9) == 0,
        Node = "node-1",
        Session = "s",
    };

    public static ImmutableArray<UsageRecord> Many(int seed, int count, TimeSpan span)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Any(random, span))];
    }

    public static async Task FillAsync(TestDatabase database, IReadOnlyCollection<UsageRecord> records)
    {
        var ledger = LedgerOf(database);
        await ledger.OpenAsync("s", "node-1", CancellationToken.None);
        var position = 0L;
        foreach (var batch in records.Chunk(100))
        {
            (await ledger.AppendAsync(new JournalStep("s", position, position + 1), batch, CancellationToken.None)).Should().BeTrue();
            position++;
        }
    }
}
