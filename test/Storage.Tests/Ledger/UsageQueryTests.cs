using System.Globalization;
using Gateway.Abstractions.Usage;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Storage.Tests.Ledger;

/// <summary>Every query against adding up the records one by one.</summary>
public abstract class UsageQueryTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly UsageDimension[] All = Enum.GetValues<UsageDimension>();

    [Fact]
    public async Task Sums_are_those_of_the_records()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(7, 600, TimeSpan.FromDays(4));
        await TestRecords.FillAsync(database, records);
        var reader = new UsageReader(database.Database);
        var random = new Random(11);

        for (var i = 0; i < 150; i++)
        {
            var query = AnyQuery(random);
            var rows = await reader.QueryAsync(query, None);

            var expected = Expected(records, query);
            rows.ToDictionary(row => string.Join('|', row.Keys), row => row.Totals).Should().BeEquivalentTo(expected, $"of query {i}: {Text(query)}");
            rows.Select(row => row.Totals.Of(query.OrderBy)).Should().BeInDescendingOrder();
        }
    }

    [Fact]
    public async Task The_number_of_rows_is_bounded_and_the_largest_come_first()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(3, 200, TimeSpan.FromDays(1));
        await TestRecords.FillAsync(database, records);
        var query = new UsageQuery(TestRecords.Begin, TestRecords.Begin.AddDays(2)) { GroupBy = [UsageDimension.User, UsageDimension.Model], OrderBy = UsageMeasure.Requests, Limit = 3 };

        var rows = await new UsageReader(database.Database).QueryAsync(query, None);

        rows.Select(row => row.Totals.Requests).Should().Equal(Expected(records, query).Values.Select(sum => sum.Requests).OrderDescending().Take(3));
    }

    [Fact]
    public async Task Sums_of_versions_that_kept_a_row_for_each_group_count_beside_those_that_list_them()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        await TestRecords.FillAsync(database, [TestRecords.At(TestRecords.Begin) with { Groups = ["local/a", "local/b"] }]);
        var bucket = TestRecords.Begin.ToUnixTimeMilliseconds();
        foreach (var (id, group) in ((string[])["*", "local/a", "local/c"]).Index())
        {
            await database.ExecuteAsync(
                """
                INSERT INTO usage_hours (bucket, dimension_id, group_name, user_id, key_id, project, model, endpoint, status, requests, input, cached_input, cache_write, output, reasoning, cost_nano_usd, partial, interrupted, estimated)
                VALUES (@bucket, @id, @group, '', '', '', 'm', '', 200, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0)
                """,
                new { bucket, id = new[] { (byte)id }, group });
        }

        var hours = new UsageQuery(TestRecords.Begin, TestRecords.Begin.AddHours(1)) { Limit = 10 };
        var reader = new UsageReader(database.Database);

        (await reader.QueryAsync(hours, None)).Single().Totals.Requests.Should().Be(6);
        (await reader.QueryAsync(hours with { GroupBy = [UsageDimension.Group] }, None)).ToDictionary(row => row.Keys[0], row => row.Totals.Requests)
            .Should().BeEquivalentTo(new Dictionary<string, long> { ["local/a"] = 6, ["local/b"] = 1, ["local/c"] = 5 });
        (await reader.QueryAsync(hours with { Filters = [new UsageFilter(UsageDimension.Group, "local/a")] }, None)).Single().Totals.Requests.Should().Be(6);
    }

    [Theory]
    [InlineData(UsageMeasure.Cost, null)]
    [InlineData(UsageMeasure.TotalTokens, null)]
    [InlineData(UsageMeasure.TotalTokens, UsageDimension.User)]
    [InlineData(UsageMeasure.OutputTokens, UsageDimension.Group)]
    [InlineData(UsageMeasure.TotalTokens, UsageDimension.Hour)]
    [InlineData(UsageMeasure.TotalTokens, UsageDimension.EndUser)]
    public async Task A_sum_that_is_full_stays_so_beside_others_and_the_others_stay_exact(UsageMeasure order, UsageDimension? groupBy)
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var full = TestRecords.At(TestRecords.Begin, "full") with { Usage = new TokenUsage { Input = (1L << 53) + 1, Output = long.MaxValue, Reasoning = 1L << 62 }, CostNanoUsd = long.MaxValue - 1_000 };
        await TestRecords.FillAsync(database, [full, TestRecords.At(TestRecords.Begin), TestRecords.At(TestRecords.Begin.AddMinutes(1), "another")]);
        var query = new UsageQuery(TestRecords.Begin, TestRecords.Begin.AddHours(1)) { GroupBy = groupBy is { } dimension ? [dimension] : [], OrderBy = order, Limit = 10 };

        var sum = (await new UsageReader(database.Database).QueryAsync(query, None)).Should().ContainSingle().Which.Totals;

        sum.Should().Be(new UsageTotals { Requests = 3, InputTokens = (1L << 53) + 21, OutputTokens = long.MaxValue, ReasoningTokens = 1L << 62, CostNanoUsd = long.MaxValue });
        sum.TotalTokens.Should().Be(long.MaxValue);
        (sum + sum).Should().Be(sum with { Requests = 6, InputTokens = (1L << 54) + 42, ReasoningTokens = long.MaxValue });
    }

    [Fact]
    public async Task Records_are_listed_newest_first_page_by_page_and_by_filter()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var records = TestRecords.Many(5, 300, TimeSpan.FromDays(2));
        await TestRecords.FillAsync(database, records);
        var reader = new UsageReader(database.Database);
        UsageFilter[] filters = [new(UsageDimension.Group, "local/g1_%\"é"), new(UsageDimension.Status, "200")];
        var (from, to) = (TestRecords.Begin.AddHours(5), TestRecords.Begin.AddHours(40));

        List<UsageRecord> listed = [];
        for (IReadOnlyList<UsageRecord> page = []; ; listed.AddRange(page))
        {
            page = await reader.ListAsync(from, to, listed.LastOrDefault()?.Id, filters, 7, None);
            if (page.Count == 0)
            {
                break;
            }
        }

        listed.Select(record => record.Id).Should().Equal(records
            .Where(record => record.At >= from && record.At < to && record.Status == 200 && record.Groups.Contains("local/g1_%\"é"))
            .Select(record => record.Id).OrderByDescending(id => Convert.ToHexString(RecordId.Bytes(id)), StringComparer.Ordinal));
        listed.Should().NotBeEmpty();
    }

    [Fact]
    public async Task Groups_whose_names_differ_in_case_only_are_two()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        await TestRecords.FillAsync(database,
        [
            TestRecords.At(TestRecords.Begin) with { Groups = ["local/Chem"] },
            TestRecords.At(TestRecords.Begin.AddMinutes(1)) with { Groups = ["local/a", "local/chem"] },
            TestRecords.At(TestRecords.Begin.AddMinutes(2)) with { Groups = [] },
        ]);

        foreach (var group in (string[])["local/Chem", "local/chem", ""])
        {
            var listed = await new UsageReader(database.Database).ListAsync(TestRecords.Begin, TestRecords.Begin.AddHours(1), null, [new UsageFilter(UsageDimension.Group, group)], 10, None);

            listed.Should().ContainSingle().Which.Groups.Should().BeEquivalentTo(group switch { "" => [], "local/Chem" => ["local/Chem"], _ => new[] { "local/a", "local/chem" } });
        }
    }

    private static UsageQuery AnyQuery(Random random)
    {
        var from = Whole(TestRecords.Begin.AddHours(random.Next(-30, 60)));
        var dimensions = All.OrderBy(_ => random.Next()).Take(random.Next(4)).ToList();
        UsageDimension[] times = [UsageDimension.Hour, UsageDimension.Day, UsageDimension.Month];
        var kept = dimensions.Where(dimension => !times.Contains(dimension) || dimensions.First(times.Contains) == dimension).ToList();
        UsageFilter[] filters = random.Next(4) switch
        {
            0 => [new(UsageDimension.User, random.Next(3) == 0 ? "" : "user:local/u1")],
            1 => [new(UsageDimension.Model, "model-1"), new(UsageDimension.Status, "200")],
            2 when !kept.Contains(UsageDimension.EndUser) => [new(UsageDimension.Group, random.Next(3) == 0 ? "" : "local/g0_%\"é")],
            _ => [],
        };
        if (kept.Contains(UsageDimension.EndUser))
        {
            kept.Remove(UsageDimension.Group);
        }

        return new UsageQuery(from, Whole(from.AddHours(random.Next(1, 130))))
        {
            GroupBy = [.. kept],
            Filters = [.. filters.Where(filter => filter.Dimension != UsageDimension.Group || !kept.Contains(UsageDimension.EndUser))],
            OrderBy = Enum.GetValues<UsageMeasure>()[random.Next(5)],
            Limit = 100_000,
        };
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerHour));

    private static Dictionary<string, UsageTotals> Expected(IEnumerable<UsageRecord> records, UsageQuery query)
    {
        var sums = new Dictionary<string, UsageTotals>();
        foreach (var record in records.Where(record => record.At >= query.From && record.At < query.To))
        {
            string[] groups = query.Concerns(UsageDimension.Group) ? record.Groups.IsEmpty ? [""] : [.. record.Groups] : ["*"];
            foreach (var group in groups)
            {
                if (query.Filters.All(filter => Key(record, filter.Dimension, group) == filter.Value))
                {
                    var key = string.Join('|', query.GroupBy.Select(dimension => Key(record, dimension, group)));
                    sums[key] = sums.GetValueOrDefault(key, new UsageTotals()) + Of(record);
                }
            }
        }

        if (query.GroupBy.IsEmpty && sums.Count == 0)
        {
            sums[""] = new UsageTotals();
        }

        return sums;
    }

    private static UsageTotals Of(UsageRecord record) => new()
    {
        Requests = 1,
        InputTokens = record.Usage.Input,
        CachedTokens = record.Usage.CachedInput,
        CacheWriteTokens = record.Usage.CacheWrite,
        OutputTokens = record.Usage.Output,
        ReasoningTokens = record.Usage.Reasoning,
        CostNanoUsd = record.CostNanoUsd,
        Partial = record.IsPartial ? 1 : 0,
        Interrupted = record.IsInterrupted ? 1 : 0,
        Estimated = record.IsEstimated ? 1 : 0,
    };

    private static string Key(UsageRecord record, UsageDimension dimension, string group) => dimension switch
    {
        UsageDimension.User => record.User ?? "",
        UsageDimension.Group => group,
        UsageDimension.Project => record.Project ?? "",
        UsageDimension.Key => record.Key ?? "",
        UsageDimension.Model => record.Model,
        UsageDimension.Endpoint => record.Endpoint ?? "",
        UsageDimension.Status => record.Status.ToString(CultureInfo.InvariantCulture),
        UsageDimension.EndUser => record.EndUser ?? "",
        UsageDimension.Hour => record.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH':00:00Z'", CultureInfo.InvariantCulture),
        UsageDimension.Day => record.At.UtcDateTime.ToString("yyyy-MM-dd'T00:00:00Z'", CultureInfo.InvariantCulture),
        _ => record.At.UtcDateTime.ToString("yyyy-MM'-01T00:00:00Z'", CultureInfo.InvariantCulture),
    };

    private static string Text(UsageQuery query) => $"{query.From:s} to {query.To:s} by {string.Join(',', query.GroupBy)} where {string.Join(',', query.Filters)}";
}

public sealed class SqliteUsageQueryTests() : UsageQueryTests(TestDialect.Sqlite);

public sealed class PostgresUsageQueryTests() : UsageQueryTests(TestDialect.Postgres);
