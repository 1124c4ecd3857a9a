using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Storage.Tests.Ledger;

public abstract class SpendReaderTests(TestDialect dialect)
{
    [Fact]
    public async Task Spend_is_that_of_the_records_in_windows_that_begin_anywhere()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(21, 500, TimeSpan.FromDays(4));
        await TestRecords.FillAsync(database, records);
        var reader = new SpendReader(database.Database);
        var random = new Random(5);
        (SpendSubject Subject, Func<UsageRecord, bool> IsOf)[] subjects =
        [
            (SpendSubject.Of("user:local/u1")!, record => record.User == "user:local/u1"),
            (SpendSubject.Of("key:k2")!, record => record.Key == "key:k2"),
            (SpendSubject.Of("project:local/p1")!, record => record.Project == "local/p1"),
            (SpendSubject.Of("group:local/g2_%\"é")!, record => record.Groups.Contains("local/g2_%\"é")),
            (SpendSubject.Member("local/g0_%\"é", "user:local/u3"), record => record.Groups.Contains("local/g0_%\"é") && record.User == "user:local/u3"),
        ];

        for (var i = 0; i < 60; i++)
        {
            var (subject, isOf) = subjects[i % subjects.Length];
            var from = TestRecords.Begin.AddMinutes(random.Next(-600, 6000));
            var to = from.AddMinutes(random.Next(6000));

            var spend = await reader.ReadAsync(subject, from, to, CancellationToken.None);

            var counted = records.Where(record => isOf(record) && record.At >= from && record.At < to).ToList();
            spend.Should().Be(new Spend
            {
                Requests = counted.Count,
                InputTokens = counted.Sum(record => record.Usage.Input),
                OutputTokens = counted.Sum(record => record.Usage.Output),
                NanoUsd = counted.Sum(record => record.CostNanoUsd),
            });
        }
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("user:")]
    [InlineData("account:x")]
    public void Other_subjects_have_no_spend(string subject) => SpendSubject.Of(subject).Should().BeNull();
}

public sealed class SqliteSpendReaderTests() : SpendReaderTests(TestDialect.Sqlite);

public sealed class PostgresSpendReaderTests() : SpendReaderTests(TestDialect.Postgres);
