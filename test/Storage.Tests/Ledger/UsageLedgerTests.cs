using System.Data.Common;
using Gateway.Abstractions.Usage;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;
using Gateway.Storage.Sql;
using Gateway.Testing;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Tests.Ledger;

public abstract class UsageLedgerTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Name of an end user that the database refuses.</summary>
    protected abstract string Refused { get; }

    [Fact]
    public async Task A_record_comes_back_as_it_went_in()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(1, 50, TimeSpan.FromDays(3));
        await TestRecords.FillAsync(database, records);
        var reader = new UsageReader(database.Database);

        foreach (var record in records)
        {
            (await reader.FindAsync(record.Id, None)).Should().BeEquivalentTo(record);
        }

        (await reader.FindAsync(Guid.NewGuid(), None)).Should().BeNull();
    }

    [Fact]
    public async Task It_tells_which_of_some_ids_it_has()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(1, 50, TimeSpan.FromDays(3));
        await TestRecords.FillAsync(database, records);
        Guid[] asked = [.. records.Skip(10).Select(record => record.Id), Guid.CreateVersion7(), Guid.CreateVersion7(TestRecords.Begin)];

        (await TestRecords.LedgerOf(database).FindKnownAsync(asked, None)).Should().BeEquivalentTo(asked[..^2]);
        (await TestRecords.LedgerOf(database).FindKnownAsync([], None)).Should().BeEmpty();
    }

    [Fact]
    public async Task It_tells_of_more_ids_than_a_statement_takes()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(1, 3, TimeSpan.FromDays(3));
        await TestRecords.FillAsync(database, records);
        Guid[] asked = [records[0].Id, .. Enumerable.Range(0, 70_000).Select(_ => Guid.CreateVersion7(TestRecords.Begin)), records[1].Id];

        (await TestRecords.LedgerOf(database).FindKnownAsync(asked, None)).Should().BeEquivalentTo([records[0].Id, records[1].Id]);
    }

    [Fact]
    public async Task What_shipping_and_settling_read_may_take_longer_than_what_requests_wait_for()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(1, 3, TimeSpan.FromDays(3));
        await TestRecords.FillAsync(database, records);
        await TestRecords.LedgerOf(database).AppendAsync(new JournalStep("s", 1, 2) { Totals = "[1]" }, [], None);
        var ledger = new UsageLedger(new SlowDatabase(database.Database), TestRecords.WriterOf(database));

        (await ledger.FindKnownAsync([records[0].Id], None)).Should().HaveCount(1);
        var waiting = await ledger.ListUnsettledAsync(10, None);
        waiting.Should().Equal(new UnsettledSession("s", "node-1"));
        (await ledger.FindTotalsAsync("s", None)).Should().Be("[1]");
    }

    [Fact]
    public async Task A_step_that_does_not_begin_at_the_position_changes_nothing()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var ledger = TestRecords.LedgerOf(database);
        (await ledger.OpenAsync("s", "node-1", None)).Should().Be(new JournalPosition(0, IsClosed: false));
        var record = TestRecords.At(TestRecords.Begin);

        (await ledger.AppendAsync(new JournalStep("s", 0, 10), [record], None)).Should().BeTrue();
        (await ledger.AppendAsync(new JournalStep("s", 0, 10), [record], None)).Should().BeFalse("it was taken in before");
        (await ledger.AppendAsync(new JournalStep("s", 20, 30), [TestRecords.At(TestRecords.Begin)], None)).Should().BeFalse();
        (await ledger.AppendAsync(new JournalStep("unknown", 0, 1), [TestRecords.At(TestRecords.Begin)], None)).Should().BeFalse();

        (await ledger.OpenAsync("s", "node-1", None)).Value.Should().Be(10);
        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_records")).Should().Be(1);
        (await database.ScalarAsync<long>("SELECT sum(requests) FROM usage_days WHERE group_name = '*'")).Should().Be(1);
    }

    [Fact]
    public async Task Shippers_of_the_same_part_bring_it_once()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        await TestRecords.LedgerOf(database).OpenAsync("s", "node-1", None);
        var records = TestRecords.Many(2, 200, TimeSpan.FromHours(1));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            using var other = database.Another();
            return await TestRecords.LedgerOf(other).AppendAsync(new JournalStep("s", 0, 5), records, None);
        })));

        outcomes.Count(moved => moved).Should().Be(1);
        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_records")).Should().Be(200);
    }

    [Fact]
    public async Task Nodes_that_add_to_the_same_sums_at_once_lose_nothing()
    {
        using var database = await TestDatabase.CreateAsync(dialect);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(node => Task.Run(async () =>
        {
            using var other = database.Another();
            var ledger = TestRecords.LedgerOf(other);
            var session = "s" + node;
            await ledger.OpenAsync(session, "node", None);
            for (var i = 0; i < 10; i++)
            {
                var batch = TestRecords.Many((node * 100) + i, 40, TimeSpan.FromHours(2));
                while (!await ledger.AppendAsync(new JournalStep(session, i, i + 1), batch, None))
                {
                    // Only this one moves this session.
                }
            }
        })));

        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_records")).Should().Be(1600);
        (await database.ScalarAsync<long>("SELECT sum(requests) FROM usage_hours WHERE group_name = '*'")).Should().Be(1600);
        (await database.ScalarAsync<long>("SELECT sum(requests) FROM usage_days WHERE group_name = '*'")).Should().Be(1600);
    }

    [Fact]
    public async Task A_sum_that_is_full_stays_so_and_holds_up_nothing()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var ledger = TestRecords.LedgerOf(database);
        await ledger.OpenAsync("s", "node-1", None);
        UsageRecord Huge() => TestRecords.At(TestRecords.Begin) with { Usage = new TokenUsage { Input = 1, Output = long.MaxValue - 3, Reasoning = long.MaxValue }, CostNanoUsd = long.MaxValue };

        (await ledger.AppendAsync(new JournalStep("s", 0, 1), [Huge(), Huge()], None)).Should().BeTrue();
        (await ledger.AppendAsync(new JournalStep("s", 1, 2), [Huge(), TestRecords.At(TestRecords.Begin)], None)).Should().BeTrue();

        foreach (var table in (string[])["usage_hours", "usage_days"])
        {
            (await database.ScalarAsync<long>($"SELECT output FROM {table}")).Should().Be(long.MaxValue);
            (await database.ScalarAsync<long>($"SELECT reasoning FROM {table}")).Should().Be(long.MaxValue);
            (await database.ScalarAsync<long>($"SELECT cost_nano_usd FROM {table}")).Should().Be(long.MaxValue);
            (await database.ScalarAsync<long>($"SELECT input FROM {table}")).Should().Be(13);
            (await database.ScalarAsync<long>($"SELECT requests FROM {table}")).Should().Be(4);
        }
    }

    [Fact]
    public async Task A_record_that_the_database_refuses_is_set_aside_once_and_loudly_and_all_others_go_in()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        await RefuseEndUserAsync(database);
        var log = new LogCollector();
        var ledger = new UsageLedger(database.Database, TestRecords.WriterOf(database), LoggerOf(log));
        await ledger.OpenAsync("s", "node-1", None);
        List<UsageRecord> records = [.. TestRecords.Many(5, 300, TimeSpan.FromHours(3))];
        UsageRecord[] bad = [records[17] with { EndUser = Refused }, records[18] with { EndUser = Refused }, records[299] with { EndUser = Refused }];
        (records[17], records[18], records[299]) = (bad[0], bad[1], bad[2]);

        (await ledger.AppendAsync(new JournalStep("s", 0, 1), records, None)).Should().BeTrue();
        (await ledger.AppendAsync(new JournalStep("s", 0, 1), records, None)).Should().BeFalse();
        (await ledger.AppendAsync(new JournalStep("s", 1, 2) { Totals = "" }, [bad[0] with { Id = Guid.CreateVersion7() }], None)).Should().BeTrue();

        (await ledger.FindKnownAsync([.. records.Select(record => record.Id)], None)).Should().BeEquivalentTo(records.Except(bad).Select(record => record.Id));
        (await database.ScalarAsync<long>("SELECT sum(requests) FROM usage_days")).Should().Be(297);
        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_refused")).Should().Be(4);
        var kept = await database.ScalarAsync<string>($"SELECT record FROM usage_refused WHERE record LIKE '%{bad[1].Id}%'");
        kept.Should().Contain("\"cost_nano_usd\":" + bad[1].CostNanoUsd);
        log.Lines.Should().HaveCount(4).And.Contain(line => line.Contains(bad[2].Id.ToString()));
    }

    [Fact]
    public async Task What_an_earlier_version_wrote_beyond_any_count_is_brought_down_so_that_it_can_be_added_up()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var huge = TestRecords.At(TestRecords.Begin) with { Usage = new TokenUsage { Input = 10, Output = long.MaxValue }, CostNanoUsd = long.MaxValue };
        await TestRecords.FillAsync(database, [huge, TestRecords.At(TestRecords.Begin), TestRecords.At(TestRecords.Begin.AddHours(1), "other"), TestRecords.At(TestRecords.Begin, "wrapped")]);
        await database.ExecuteAsync("UPDATE usage_records SET output = -5 WHERE model = 'wrapped'; UPDATE usage_hours SET output = -5 WHERE model = 'wrapped'; UPDATE usage_days SET output = -5 WHERE model = 'wrapped'");
        var script = Migration.Load(database.Database.Dialect).Single(migration => migration.Name.EndsWith("refused_usage", StringComparison.Ordinal)).Script;

        await database.ExecuteAsync(script[script.IndexOf("UPDATE", StringComparison.Ordinal)..]);

        (await database.ScalarAsync<long>("SELECT CAST(sum(output) AS BIGINT) FROM usage_records")).Should().Be(1_000_000_010);
        (await database.ScalarAsync<long>("SELECT CAST(sum(cost_nano_usd) AS BIGINT) FROM usage_records")).Should().Be(1_000_000_000_003_000);
        foreach (var table in (string[])["usage_hours", "usage_days"])
        {
            (await database.ScalarAsync<long>($"SELECT CAST(sum(output) AS BIGINT) FROM {table}")).Should().Be(2_000_000_005, "of a row with two records");
            (await database.ScalarAsync<long>($"SELECT CAST(sum(input) AS BIGINT) FROM {table}")).Should().Be(40);
        }
    }

    [Fact]
    public async Task A_defect_that_no_single_record_is_to_blame_for_sets_nothing_aside()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var ledger = TestRecords.LedgerOf(database);
        await ledger.OpenAsync("s", "node-1", None);
        var record = TestRecords.At(TestRecords.Begin);
        await ledger.AppendAsync(new JournalStep("s", 0, 1), [record], None);

        var append = () => ledger.AppendAsync(new JournalStep("s", 1, 2), [record, TestRecords.At(TestRecords.Begin)], None);

        await append.Should().ThrowAsync<StorageStatementException>("its id is taken");
        (await ledger.OpenAsync("s", "node-1", None)).Value.Should().Be(1);
        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_refused")).Should().Be(0);
    }

    [Fact]
    public async Task The_last_step_closes_a_session_and_keeps_its_totals_until_they_are_settled()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var ledger = TestRecords.LedgerOf(database);
        await ledger.OpenAsync("s", "node-1", None);
        await ledger.OpenAsync("without", "node-1", None);

        (await ledger.AppendAsync(new JournalStep("s", 0, 10) { Totals = "[1]" }, [], None)).Should().BeTrue();
        (await ledger.AppendAsync(new JournalStep("without", 0, 10) { Totals = "" }, [], None)).Should().BeTrue();

        (await ledger.OpenAsync("s", "node-1", None)).IsClosed.Should().BeTrue();
        (await ledger.AppendAsync(new JournalStep("s", 10, 20), [TestRecords.At(TestRecords.Begin)], None)).Should().BeFalse("nothing comes after the end");
        (await ledger.ListUnsettledAsync(10, None)).Should().Equal(new UnsettledSession("s", "node-1"));
        (await ledger.FindTotalsAsync("s", None)).Should().Be("[1]");
        await ledger.SettleAsync("s", None);
        (await ledger.FindTotalsAsync("s", None)).Should().BeNull();
        (await ledger.ListUnsettledAsync(10, None)).Should().BeEmpty();
        await ledger.PostponeAsync("s", None);
        (await ledger.ListUnsettledAsync(10, None)).Should().BeEmpty("what is settled stays so");
    }

    [Fact]
    public async Task A_session_whose_totals_were_not_taken_waits_behind_the_others()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var ledger = TestRecords.LedgerOf(database);
        foreach (var session in (string[])["a", "b"])
        {
            await ledger.OpenAsync(session, "node-1", None);
            (await ledger.AppendAsync(new JournalStep(session, 0, 10) { Totals = "[1]" }, [], None)).Should().BeTrue();
            database.Time.Advance(TimeSpan.FromSeconds(1));
        }

        await ledger.PostponeAsync("a", None);

        (await ledger.ListUnsettledAsync(10, None)).Select(session => session.Session).Should().Equal("b", "a");
    }

    /// <summary>Each read takes three seconds.</summary>
    private sealed class SlowDatabase(GatewayDatabase inner) : WrappedDatabase(inner, TimeSpan.FromSeconds(1), new FakeTimeProvider(TestRecords.Begin))
    {
        protected override async Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        {
            ((FakeTimeProvider)Time).Advance(TimeSpan.FromSeconds(3));
            cancellationToken.ThrowIfCancellationRequested();
            return await base.RunReadAsync(work, cancellationToken);
        }
    }

    private static ILogger<UsageLedger> LoggerOf(LogCollector log) => LoggerFactory.Create(logging => logging.AddProvider(log)).CreateLogger<UsageLedger>();

    private protected virtual Task RefuseEndUserAsync(TestDatabase database) => Task.CompletedTask;
}

public sealed class SqliteUsageLedgerTests() : UsageLedgerTests(TestDialect.Sqlite)
{
    protected override string Refused => "refused";

    // Every value that .NET has goes into a column of its type there.
    private protected override Task RefuseEndUserAsync(TestDatabase database) => database.ExecuteAsync(
        "CREATE TRIGGER refuse BEFORE INSERT ON usage_records WHEN NEW.end_user = 'refused' BEGIN SELECT RAISE(ABORT, 'refused'); END");
}

public sealed class PostgresUsageLedgerTests() : UsageLedgerTests(TestDialect.Postgres)
{
    protected override string Refused => "a\0b";
}
