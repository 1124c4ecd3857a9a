using Gateway.Storage.Clock;
using Gateway.Storage.Ledger;
using Microsoft.Extensions.Options;

namespace Gateway.Storage.Tests.Ledger;

public abstract class LedgerRetentionTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_is_older_than_it_is_kept_goes_and_the_rest_stays()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var now = await NowAsync(database);
        await TestRecords.FillAsync(database, [TestRecords.At(now.AddDays(-200)), TestRecords.At(now.AddDays(-90)), TestRecords.At(now.AddDays(-1)), TestRecords.At(now)]);
        var retention = new LedgerRetention(
            database.Database, TestRecords.WriterOf(database), Options.Create(new LedgerOptions { KeepRecords = TimeSpan.FromDays(50), KeepSums = TimeSpan.FromDays(120) }));

        await retention.ApplyAsync(None);
        await retention.ApplyAsync(None);

        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_records")).Should().Be(2);
        (await database.ScalarAsync<long>("SELECT sum(requests) FROM usage_hours WHERE group_name = '*'")).Should().Be(2);
        (await database.ScalarAsync<long>("SELECT sum(requests) FROM usage_days WHERE group_name = '*'")).Should().Be(3);
        await TestRecords.LedgerOf(database).OpenAsync("late", "n", None);
        (await TestRecords.LedgerOf(database).AppendAsync(new JournalStep("late", 0, 1), [TestRecords.At(now.AddDays(-200))], None)).Should().BeTrue("an old journal may be found late");
    }

    [Fact]
    public async Task A_clock_that_is_set_years_ahead_makes_nothing_old()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        await TestRecords.FillAsync(database, [TestRecords.At((await NowAsync(database)).AddDays(-1))]);
        await database.ExecuteAsync("UPDATE journal_positions SET closed = 1");
        database.Time.Step(TimeSpan.FromDays(10 * 365));

        await RetentionOf(database).ApplyAsync(None);

        foreach (var table in (string[])["usage_records", "usage_hours", "usage_days", "journal_positions"])
        {
            (await database.ScalarAsync<long>($"SELECT count(*) FROM {table}")).Should().BePositive(table);
        }
    }

    internal static LedgerRetention RetentionOf(TestDatabase database) => new(database.Database, TestRecords.WriterOf(database), Options.Create(new LedgerOptions()));

    /// <summary>By the clock that all who use the database share.</summary>
    internal static async Task<DateTimeOffset> NowAsync(TestDatabase database) => database.Time.GetUtcNow() + (await new DatabaseClock(database.Database).ReadAsync(None)).Offset;
}

public sealed class SqliteLedgerRetentionTests() : LedgerRetentionTests(TestDialect.Sqlite)
{
    [Fact]
    public async Task Records_of_a_clock_that_was_set_ahead_do_not_make_the_others_old_but_the_time_that_passes_does()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Sqlite);
        var before = database.Time.GetUtcNow();
        await TestRecords.FillAsync(database, [TestRecords.At(before.AddDays(-1)), TestRecords.At(before)]);
        var retention = RetentionOf(database);
        database.Time.Step(TimeSpan.FromDays(10 * 365));
        await retention.ApplyAsync(CancellationToken.None);
        var ledger = TestRecords.LedgerOf(database);
        await ledger.OpenAsync("new", "n", CancellationToken.None);
        await ledger.AppendAsync(new JournalStep("new", 0, 1), [TestRecords.At(database.Time.GetUtcNow())], CancellationToken.None);

        await retention.ApplyAsync(CancellationToken.None);
        var kept = await database.ScalarAsync<long>("SELECT count(*) FROM usage_records");
        database.Time.Advance(TimeSpan.FromDays(399.5));
        await retention.ApplyAsync(CancellationToken.None);
        var rest = await database.ScalarAsync<long>("SELECT count(*) FROM usage_records");

        (kept, rest).Should().Be((3, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_clock_that_is_still_ahead_at_the_next_start_removes_nothing_either(int lives)
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Sqlite);
        var before = database.Time.GetUtcNow();
        await TestRecords.FillAsync(database, [TestRecords.At(before.AddDays(-1)), TestRecords.At(before)]);
        var ledger = TestRecords.LedgerOf(database);
        for (var life = 1; life <= lives; life++)
        {
            database.Time.Step(TimeSpan.FromDays(10 * 365));
            await ledger.OpenAsync($"life-{life}", "n", CancellationToken.None);
            await ledger.AppendAsync(new JournalStep($"life-{life}", 0, 1), [TestRecords.At(database.Time.GetUtcNow())], CancellationToken.None);
            await RetentionOf(database).ApplyAsync(CancellationToken.None);
        }

        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_records")).Should().Be(2 + lives);
    }

    [Theory]
    [InlineData("2026-11-27 2026-11-28", null, "2026-11-28")]
    [InlineData("2026-11-27 2026-11-28", "2026-11-28T17:00Z", "2026-11-28T17:00Z")]
    [InlineData("2026-11-27 2036-01-01 2036-01-02", "2036-01-02T05:00Z", "2026-11-27")]
    [InlineData("2026-11-27 2031-05-05 2036-01-01", "2036-01-01T05:00Z", "2026-11-27")]
    [InlineData("2025-11-27 2026-11-28", "2026-11-28T05:00Z", "2026-11-28T05:00Z")]
    [InlineData("2025-11-26 2026-11-28", "2026-11-28T05:00Z", "2025-11-26")]
    [InlineData("", "2026-11-28T05:00Z", "2026-11-28T05:00Z")]
    [InlineData("", null, null)]
    public void Usage_of_few_days_long_after_all_other_does_not_tell_the_time(string days, string? record, string? expected) =>
        LedgerClock.Newest([.. days.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(At).Reverse()], record is null ? null : At(record)).Should().Be(expected is null ? null : At(expected));

    [Theory]
    [InlineData(30, false)]
    [InlineData(31, true)]
    public void Usage_of_many_days_after_a_pause_tells_it_again(int daysSince, bool isBelieved)
    {
        var begin = At("2026-11-01");

        var newest = LedgerClock.Newest([.. Enumerable.Range(0, daysSince).Select(day => begin.AddDays(day)).Reverse(), At("2025-01-01")], null);

        newest.Should().Be(isBelieved ? begin.AddDays(daysSince - 1) : At("2025-01-01"));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);

    [Fact]
    public async Task Where_only_sums_are_left_they_are_kept_by_the_newest_of_them()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Sqlite);
        await TestRecords.FillAsync(database, [TestRecords.At(database.Time.GetUtcNow())]);
        await database.ExecuteAsync("DELETE FROM usage_records");
        database.Time.Step(TimeSpan.FromDays(10 * 365));

        await RetentionOf(database).ApplyAsync(CancellationToken.None);

        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_days")).Should().BePositive();
    }
}

public sealed class PostgresLedgerRetentionTests() : LedgerRetentionTests(TestDialect.Postgres)
{
    [Fact]
    public async Task A_month_that_another_process_dropped_is_made_again_for_records_that_come_late()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Postgres);
        using var other = database.Another();
        var old = TestRecords.At((await NowAsync(database)).AddDays(-200));
        var ledger = TestRecords.LedgerOf(database);
        await ledger.OpenAsync("late", "n", CancellationToken.None);
        await ledger.AppendAsync(new JournalStep("late", 0, 1), [old], CancellationToken.None);
        await new LedgerRetention(other.Database, TestRecords.WriterOf(other), Options.Create(new LedgerOptions { KeepRecords = TimeSpan.FromDays(50) })).ApplyAsync(CancellationToken.None);
        var again = () => ledger.AppendAsync(new JournalStep("late", 1, 2), [old], CancellationToken.None);

        await again.Should().ThrowAsync<StorageUnavailableException>();

        (await again()).Should().BeTrue();
        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_records")).Should().Be(1);
    }

    [Fact]
    public async Task The_months_ahead_are_there_before_the_first_record_of_them()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Postgres);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var other = database.Another();
            await new LedgerRetention(other.Database, TestRecords.WriterOf(other), Options.Create(new LedgerOptions())).ApplyAsync(CancellationToken.None);
        }));

        (await database.ScalarAsync<long>("SELECT count(*) FROM pg_inherits WHERE inhparent = 'usage_records'::regclass")).Should().Be(2);
    }
}
