using System.Data.Common;
using Dapper;
using Gateway.Storage.Ledger;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Options;

namespace Gateway.Storage.Tests.Ledger;

public abstract class RemovalTests(TestDialect dialect)
{
    private const int Rows = 12_001;

    [Fact]
    public async Task However_much_is_too_old_it_goes_in_parts_between_which_others_write()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var old = database.Time.GetUtcNow().AddDays(-100).ToUnixTimeMilliseconds();
        foreach (var table in (string[])["usage_hours", "usage_days"])
        {
            await database.ExecuteAsync(
                $"""
                INSERT INTO {table} (bucket, dimension_id, group_name, user_id, key_id, project, model, endpoint, status, requests, input, cached_input, cache_write, output, reasoning, cost_nano_usd, partial, interrupted, estimated)
                SELECT @old, {Id}, '*', '', '', '', 'm', '', 200, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM {Numbers}
                """,
                new { old, Rows });
        }

        await TestRecords.FillAsync(database, [TestRecords.At(database.Time.GetUtcNow())]);
        var watched = new WatchedDatabase(database.Database);
        var options = Options.Create(new LedgerOptions { KeepRecords = TimeSpan.FromDays(50), KeepSums = TimeSpan.FromDays(60) });

        await new LedgerRetention(watched, TestRecords.WriterOf(database), options).ApplyAsync(CancellationToken.None);

        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_hours")).Should().Be(1);
        (await database.ScalarAsync<long>("SELECT count(*) FROM usage_days")).Should().Be(1);
        watched.Removed.Should().OnlyContain(count => count <= 5_000);
        watched.Removed.Sum().Should().Be(2 * Rows);
    }

    /// <summary>A distinct id for each number <c>i</c>.</summary>
    protected abstract string Id { get; }

    /// <summary>From 1 to <c>@Rows</c>, as <c>i</c>.</summary>
    protected abstract string Numbers { get; }

    /// <summary>Knows how many sums each transaction removed.</summary>
    private sealed class WatchedDatabase(GatewayDatabase inner) : WrappedDatabase(inner, TestDatabase.CallTimeout, inner.Time)
    {
        private const string Count = "SELECT (SELECT count(*) FROM usage_hours) + (SELECT count(*) FROM usage_days)";

        public List<long> Removed { get; } = [];

        protected override async Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        {
            var removed = 0L;
            var result = await base.RunWriteAsync(
                async (transaction, token) =>
                {
                    var before = await transaction.Connection!.ExecuteScalarAsync<long>(Count, transaction: transaction);
                    var answer = await work(transaction, token);
                    removed = before - await transaction.Connection!.ExecuteScalarAsync<long>(Count, transaction: transaction);
                    return answer;
                },
                cancellationToken);
            Removed.Add(removed);
            return result;
        }
    }
}

public sealed class SqliteRemovalTests() : RemovalTests(TestDialect.Sqlite)
{
    protected override string Id => "CAST(i AS BLOB)";

    protected override string Numbers => "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @Rows) SELECT i FROM n)";
}

public sealed class PostgresRemovalTests() : RemovalTests(TestDialect.Postgres)
{
    protected override string Id => "int8send(i)";

    protected override string Numbers => "generate_series(1, @Rows) AS i";
}
