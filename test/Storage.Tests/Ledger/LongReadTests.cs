using System.Data.Common;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;
using Gateway.Storage.Sql;
using Gateway.Testing;
using Microsoft.Extensions.Options;

namespace Gateway.Storage.Tests.Ledger;

/// <summary>Questions about usage leave connections to those that cannot wait.</summary>
public abstract class LongReadTests(TestDialect dialect)
{
    private static readonly IOptions<LedgerOptions> Kept = Options.Create(new LedgerOptions());

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Two_run_at_once_the_next_waits_and_no_other_call_does()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var (entered, release) = (0, new TaskCompletionSource());
        var reads = Enumerable.Range(0, 5).Select(_ => HoldAsync(database.Database, () => Interlocked.Increment(ref entered), release.Task)).ToList();
        await Eventually.TrueAsync(() => Volatile.Read(ref entered) == 2, "two read");

        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_days")).Should().Be(0, "others do not wait");
        Volatile.Read(ref entered).Should().Be(2);
        release.SetResult();
        await Task.WhenAll(reads);

        entered.Should().Be(5);
    }

    [Fact]
    public async Task Usage_waits_for_a_place_and_spend_that_budgets_begin_with_does_not_compete_with_it()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var (entered, release) = (0, new TaskCompletionSource());
        var reads = Enumerable.Range(0, 2).Select(_ => HoldAsync(database.Database, () => Interlocked.Increment(ref entered), release.Task)).ToList();
        await Eventually.TrueAsync(() => Volatile.Read(ref entered) == 2, "two read");

        var usage = new UsageReader(database.Database).QueryAsync(new UsageQuery(TestRecords.Begin, TestRecords.Begin.AddDays(1)) { Limit = 1 }, None);
        var spend = await new SpendReader(database.Database, Kept).ReadAsync(SpendSubject.Of("user:local/alice")!, TestRecords.Begin, TestRecords.Begin.AddDays(1), TimeSpan.FromDays(1), None);
        spend.Should().BeEmpty();
        usage.IsCompleted.Should().BeFalse();
        release.SetResult();

        (await usage).Should().ContainSingle().Which.Totals.Requests.Should().Be(0);
        await Task.WhenAll(reads);
    }

    [Fact]
    public async Task Spend_is_read_for_one_subject_at_a_time()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var held = new HeldDatabase(database.Database);
        var reader = new SpendReader(held, Kept);
        var spend = Enumerable.Range(0, 3).Select(i => reader.ReadAsync(SpendSubject.Of("user:local/u" + i)!, TestRecords.Begin, TestRecords.Begin.AddDays(1), TimeSpan.FromDays(1), None)).ToList();
        held.Reads.Should().Be(1);

        held.Release();

        (await Task.WhenAll(spend)).Should().OnlyContain(parts => parts.Count == 0);
        held.Reads.Should().Be(3);
    }

    [Fact]
    public async Task The_time_until_a_place_is_free_is_part_of_the_patience()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var time = new FakeTimeProvider(TestRecords.Begin);
        var timed = new TimedDatabase(database.Database, time);
        var (entered, release) = (0, new TaskCompletionSource());
        var reads = Enumerable.Range(0, 2).Select(_ => HoldAsync(timed, () => Interlocked.Increment(ref entered), release.Task)).ToList();
        await Eventually.TrueAsync(() => Volatile.Read(ref entered) == 2, "two read");
        var usage = new UsageReader(timed).QueryAsync(new UsageQuery(TestRecords.Begin, TestRecords.Begin.AddDays(1)) { Limit = 1 }, None);

        time.Advance(UsageReader.Patience);

        await FluentActions.Awaiting(() => usage).Should().ThrowAsync<StorageUnavailableException>();
        release.SetResult();
        await Task.WhenAll(reads);
    }

    [Theory]
    [InlineData(UsageDimension.User, "user:local/u7", null, "user")]
    [InlineData(UsageDimension.Key, "key:k7", null, "key")]
    [InlineData(UsageDimension.Key, "key:k7", """["key:k7","key:k8"]""", "key")]
    public async Task What_one_user_or_key_used_is_found_without_reading_what_all_others_did(UsageDimension dimension, string value, string? anyOf, string index)
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        await FillAsync(database);
        foreach (var (table, groupBy) in new[] { ("usage_days", UsageDimension.Day), ("usage_hours", UsageDimension.Hour) })
        {
            var query = new UsageQuery(TestRecords.Begin.UtcDateTime.Date, TestRecords.Begin.UtcDateTime.Date.AddDays(2)) { GroupBy = [groupBy], Filters = [new UsageFilter(dimension, value) { AnyOf = anyOf }], Limit = 31 };
            var statement = UsageStatement.Of(database.Database, query);

            var plan = await PlanAsync(database, statement);

            plan.Should().Contain($"{table}_{index}");
        }
    }

    private protected abstract Task FillAsync(TestDatabase database);

    private protected abstract Task<string> PlanAsync(TestDatabase database, UsageStatement statement);

    private static Task<int> HoldAsync(GatewayDatabase database, Func<int> enter, Task release) => database.ReadMuchAsync(
        async (_, _) =>
        {
            var number = enter();
            await release;
            return number;
        },
        TimeSpan.FromDays(1),
        None);

    private sealed class HeldDatabase(GatewayDatabase inner) : WrappedDatabase(inner, TimeSpan.FromSeconds(20), TimeProvider.System)
    {
        private readonly TaskCompletionSource _released = new();
        private int _reads;

        public int Reads => Volatile.Read(ref _reads);

        public void Release() => _released.SetResult();

        protected override async Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            await _released.Task;
            return await base.RunReadAsync(work, cancellationToken);
        }
    }

    private sealed class TimedDatabase(GatewayDatabase inner, TimeProvider time) : WrappedDatabase(inner, TimeSpan.FromSeconds(1), time);
}

public sealed class SqliteLongReadTests() : LongReadTests(TestDialect.Sqlite)
{
    private protected override Task FillAsync(TestDatabase database) => Task.CompletedTask;

    private protected override Task<string> PlanAsync(TestDatabase database, UsageStatement statement) => database.Database.ReadAsync(
        async (connection, _) => string.Join('\n', (await Dapper.SqlMapper.QueryAsync<Row>(connection, "EXPLAIN QUERY PLAN " + statement.Text, statement.Values)).Select(row => row.Detail)), CancellationToken.None);

    private sealed class Row
    {
        public string Detail { get; init; } = "";
    }
}

public sealed class PostgresLongReadTests() : LongReadTests(TestDialect.Postgres)
{
    // Small tables are read as a whole.
    private protected override async Task FillAsync(TestDatabase database)
    {
        foreach (var table in (string[])["usage_days", "usage_hours"])
        {
            await database.ExecuteAsync(
                $"""
                INSERT INTO {table} SELECT @Bucket, int8send(i), '*', 'user:local/u' || i % 2000, 'key:k' || i % 2000, '', 'm', '', 200, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, '[""]' FROM generate_series(1, 20000) AS i
                """,
                new { Bucket = TestRecords.Begin.UtcDateTime.Date.Ticks / TimeSpan.TicksPerMillisecond - 62_135_596_800_000 });
            await database.ExecuteAsync("ANALYZE " + table);
        }
    }

    private protected override Task<string> PlanAsync(TestDatabase database, UsageStatement statement) => database.Database.ReadAsync(
        async (connection, _) => string.Join('\n', await Dapper.SqlMapper.QueryAsync<string>(connection, "EXPLAIN " + statement.Text, statement.Values)), CancellationToken.None);
}
