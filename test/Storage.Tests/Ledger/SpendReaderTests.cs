using Gateway.Abstractions.Limits;
using Gateway.Abstractions.Usage;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;
using Microsoft.Extensions.Options;

namespace Gateway.Storage.Tests.Ledger;

public abstract class SpendReaderTests(TestDialect dialect)
{
    private static readonly IOptions<LedgerOptions> Kept = Options.Create(new LedgerOptions());

    [Fact]
    public async Task Spend_is_that_of_the_records_in_windows_that_begin_anywhere()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(21, 500, TimeSpan.FromDays(4));
        await TestRecords.FillAsync(database, records);
        var reader = new SpendReader(database.Database, Kept);
        var random = new Random(5);
        (SpendSubject Subject, Func<UsageRecord, bool> IsOf)[] subjects =
        [
            (SpendSubject.Of("user:local/u1")!, record => record.User == "user:local/u1"),
            (SpendSubject.Of("key:k2")!, record => record.Key == "key:k2"),
            (SpendSubject.Of("project:local/p1")!, record => record.Project == "local/p1"),
            (SpendSubject.Of("group:local/g2_%\"é")!, record => record.Groups.Contains("local/g2_%\"é")),
            (SpendSubject.Of(MemberKey.Of("local/g0_%\"é", "local/u3"))!, record => record.Groups.Contains("local/g0_%\"é") && record.User == "user:local/u3"),
            (SpendSubject.Of(MemberKey.Of("local/g1_%\"é", "key:k0"))!, record => record.Groups.Contains("local/g1_%\"é") && record.User is null && record.Key == "key:k0"),
        ];

        for (var i = 0; i < 60; i++)
        {
            var (subject, isOf) = subjects[i % subjects.Length];
            var from = TestRecords.Begin.AddMinutes(random.Next(-600, 6000));
            var to = from.AddMinutes(random.Next(6000));

            var spend = await reader.ReadAsync(subject, from, to, TimeSpan.FromDays(40), CancellationToken.None);

            var counted = records.Where(record => isOf(record) && record.At >= from && record.At < to).ToList();
            spend.Should().Equal(counted.Count == 0 ? [] : [SumOf(0, counted)]);
        }
    }

    [Fact]
    public async Task Of_a_day_whose_hours_are_kept_no_more_all_counts()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var day = new DateTimeOffset(database.Time.GetUtcNow().UtcDateTime.Date.AddDays(-10), TimeSpan.Zero);
        await TestRecords.FillAsync(database, [TestRecords.At(day.AddHours(3)), TestRecords.At(day.AddHours(15)), TestRecords.At(day.AddDays(9))]);
        await database.ExecuteAsync($"DELETE FROM usage_records WHERE at < {day.AddDays(5).ToUnixTimeMilliseconds()}");
        await database.ExecuteAsync($"DELETE FROM usage_hours WHERE bucket < {day.AddDays(5).ToUnixTimeMilliseconds()}");
        var reader = new SpendReader(database.Database, Options.Create(new LedgerOptions { KeepRecords = TimeSpan.FromDays(5) }));
        var subject = SpendSubject.Of(TestRecords.At(day).User!)!;

        (await ReadAsync(day.AddHours(12))).Sum(spend => spend.Requests).Should().Be(3);
        (await ReadAsync(day.AddDays(8).AddHours(12))).Sum(spend => spend.Requests).Should().Be(1);

        Task<IReadOnlyList<Spend>> ReadAsync(DateTimeOffset from) =>
            reader.ReadAsync(subject, from, database.Time.GetUtcNow(), TimeSpan.FromMinutes(48), CancellationToken.None);
    }

    [Fact]
    public async Task Steps_are_told_apart_and_what_is_known_by_the_hour_or_day_counts_in_a_later_one()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(22, 400, TimeSpan.FromDays(4));
        await TestRecords.FillAsync(database, records);
        var from = TestRecords.Begin.AddMinutes(17);
        var to = TestRecords.Begin.AddMinutes(17).AddDays(2);
        var step = TimeSpan.FromMinutes(48);

        var spend = await new SpendReader(database.Database, Kept).ReadAsync(SpendSubject.Of("user:local/u1")!, from, to, step, CancellationToken.None);

        var counted = records.Where(record => record.User == "user:local/u1" && record.At >= from && record.At < to).ToList();
        SumOf(0, counted).Should().Be(new Spend
        {
            Requests = spend.Sum(part => part.Requests),
            InputTokens = spend.Sum(part => part.InputTokens),
            OutputTokens = spend.Sum(part => part.OutputTokens),
            NanoUsd = spend.Sum(part => part.NanoUsd),
        });
        spend.Should().HaveCountGreaterThan(5).And.OnlyHaveUniqueItems(part => part.Step);
        for (var i = 0; i < 60; i++)
        {
            counted.Count(record => record.At < from + ((i + 1) * step)).Should().BeGreaterThanOrEqualTo((int)spend.Where(part => part.Step <= i).Sum(part => part.Requests), "what was spent by then, at most");
        }
    }

    [Fact]
    public async Task Of_a_key_it_is_also_what_was_spent_with_the_keys_that_were_made_with_it()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var now = TestRecords.Begin.AddHours(1).AddMinutes(20);
        foreach (var (id, parent) in ((string, string?)[])[("root", null), ("child", "root"), ("grandchild", "child"), ("sibling", "root"), ("other", null), ("others", "other")])
        {
            await database.ExecuteAsync(
                """
                INSERT INTO api_keys (id, hash, hint, name, groups, models, created_at, created_by, revoked_at, version, seal, parent)
                VALUES (@id, @hash, '', '', '[]', '[]', 1, '', 5, @version, @hash, @parent)
                """,
                new { id, hash = System.Text.Encoding.UTF8.GetBytes(id), version = id.Length + (parent?.Length * 100 ?? 0), parent });
        }

        var day = now.UtcDateTime.Date.AddDays(-2);
        string[] keys = ["root", "child", "grandchild", "sibling", "other", "others", "unknown"];
        await TestRecords.FillAsync(database, [.. keys.SelectMany((key, i) => new[] { now, now.AddHours(-5), day }.Select(at => TestRecords.At(at) with { Key = "key:" + key, CostNanoUsd = (long)Math.Pow(10, i) }))]);
        var reader = new SpendReader(database.Database, Kept);

        async Task<long> SpentAsync(string key) =>
            (await reader.ReadAsync(SpendSubject.Of("key:" + key)!, day, now.AddMinutes(1), TimeSpan.FromDays(40), CancellationToken.None)).Sum(part => part.NanoUsd);

        (await SpentAsync("root")).Should().Be(3_333);
        (await SpentAsync("child")).Should().Be(330);
        (await SpentAsync("grandchild")).Should().Be(300);
        (await SpentAsync("other")).Should().Be(330_000);
        (await SpentAsync("unknown")).Should().Be(3_000_000);
    }

    [Theory]
    [InlineData("user:local/alice")]
    [InlineData("group:local/a")]
    public async Task A_sum_that_is_full_stays_so_beside_others_and_passes_for_no_less(string subject)
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var full = TestRecords.At(TestRecords.Begin, "full") with { Usage = new TokenUsage { Input = (1L << 53) + 1, Output = long.MaxValue }, CostNanoUsd = long.MaxValue };
        await TestRecords.FillAsync(database, [full, TestRecords.At(TestRecords.Begin), TestRecords.At(TestRecords.Begin.AddHours(1).AddMinutes(5))]);
        var reader = new SpendReader(database.Database, Kept);

        var spend = await reader.ReadAsync(SpendSubject.Of(subject)!, TestRecords.Begin.AddHours(-3), TestRecords.Begin.AddHours(1).AddMinutes(6), TimeSpan.FromDays(1), CancellationToken.None);

        spend.Should().Equal(new Spend { Requests = 3, InputTokens = (1L << 53) + 21, OutputTokens = long.MaxValue, NanoUsd = long.MaxValue });
        spend[0].TotalTokens.Should().Be(long.MaxValue);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("user:")]
    [InlineData("account:x")]
    [InlineData("member:local/g")]
    public void Other_subjects_have_no_spend(string subject) => SpendSubject.Of(subject).Should().BeNull();

    private static Spend SumOf(long step, List<UsageRecord> records) => new()
    {
        Step = step,
        Requests = records.Count,
        InputTokens = records.Sum(record => record.Usage.Input),
        OutputTokens = records.Sum(record => record.Usage.Output),
        NanoUsd = records.Sum(record => record.CostNanoUsd),
    };
}

public sealed class SqliteSpendReaderTests() : SpendReaderTests(TestDialect.Sqlite);

public sealed class PostgresSpendReaderTests() : SpendReaderTests(TestDialect.Postgres);
