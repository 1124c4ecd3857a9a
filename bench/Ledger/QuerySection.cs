using System.Diagnostics;
using System.Globalization;
using Gateway.Storage.Ledger.Reading;
using Gateway.Testing.Databases;

namespace Gateway.Bench.Ledger;

/// <summary>Questions over many records: 1,000 users with a key each, 4 models, 2 endpoints, 30 days. Records and their sums are made by SQL.</summary>
internal static class QuerySection
{
    private static readonly DateTimeOffset Begin = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private const double MostMilliseconds = 300;

    public static async Task RunAsync(PostgresServer server, int rows, Bars bars)
    {
        using var database = await ShippingSection.OpenAsync(server);
        await server.ExecuteAsync("TRUNCATE usage_records, usage_hours, usage_days");
        var started = Stopwatch.GetTimestamp();
        await FillAsync(server, rows);
        Console.WriteLine($"{rows:N0} records made in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s: "
            + $"{await server.ScalarAsync<long>("SELECT count(*) FROM usage_days"):N0} sums per day, {await server.ScalarAsync<long>("SELECT count(*) FROM usage_hours"):N0} per hour");
        var reader = new UsageReader(database);
        var month = new UsageQuery(Begin, Begin.AddDays(30)) { Limit = 50_001 };
        var byUserAndDay = await MeasureAsync("usage by user and day", reader, month with { GroupBy = [UsageDimension.User, UsageDimension.Day] });
        bars.AtMost(MostMilliseconds, byUserAndDay, "median of usage by user and day in ms");
        await MeasureAsync("usage by model, 30 days less 5 hours", reader, month with { From = Begin.AddHours(5), GroupBy = [UsageDimension.Model] });
        await MeasureAsync("one user by day", reader, month with { GroupBy = [UsageDimension.Day], Filters = [new UsageFilter(UsageDimension.User, "user:local/u7")] });
    }

    private static async Task FillAsync(PostgresServer server, int rows)
    {
        var begin = Begin.ToUnixTimeMilliseconds();
        var step = (30L * 86_400_000) / rows;
        await server.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
            CREATE TABLE IF NOT EXISTS usage_records_202606 PARTITION OF usage_records
              FOR VALUES FROM ('\x{begin << 16:x16}0000000000000000') TO ('\x{Begin.AddMonths(1).ToUnixTimeMilliseconds() << 16:x16}0000000000000000')
            """));
        const int Part = 500_000;
        for (var i = 0; i < rows; i += Part)
        {
            await ExecuteAsync(server, string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO usage_records SELECT decode(lpad(to_hex(({begin} + n * {step}) << 16), 16, '0') || lpad(to_hex(n), 16, '0'), 'hex'), {begin} + n * {step}, '', 'user:local/u' || u, 'key:' || u, '[]', 'local/p' || u % 20,
                  '', 'model-' || (n / 1000) % 4, '', 'endpoint-' || (n / 4000) % 2, 'chat/completions', 0, '[]', 200, 100 + n % 1000, 0, 0, n % 500, 0, 0, 0, n % 1000000, '', 100, 900, 0, 0, 0, 'node', 'bench'
                FROM (SELECT n, (n * 7919) % 1000 AS u FROM generate_series({i}::bigint, {Math.Min(i + Part, rows) - 1}) AS n) AS s
                """));
        }

        foreach (var (table, unit) in ((string, long)[])[("usage_days", 86_400_000), ("usage_hours", 3_600_000)])
        {
            await ExecuteAsync(server, string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO {table} SELECT bucket, substring(sha256((g || '/' || user_id || '/' || key_id || '/' || project || '/' || model || '/' || endpoint || '/' || status)::bytea) FOR 16), g, user_id, key_id, project, model, endpoint, status,
                  count(*), sum(input), 0, 0, sum(output), 0, sum(cost_nano_usd), 0, 0, 0
                FROM (SELECT at - at % {unit} AS bucket, r.* FROM usage_records r) AS r, (VALUES ('*'), ('')) AS v (g)
                GROUP BY bucket, g, user_id, key_id, project, model, endpoint, status
                """));
        }

        await server.ExecuteAsync("VACUUM ANALYZE usage_days, usage_hours");
    }

    private static async Task ExecuteAsync(PostgresServer server, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(server.ConnectionString());
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    /// <returns>The median, in milliseconds.</returns>
    private static async Task<double> MeasureAsync(string name, UsageReader reader, UsageQuery query)
    {
        var times = new List<double>();
        var rows = 0;
        for (var i = 0; i < 15; i++)
        {
            var started = Stopwatch.GetTimestamp();
            rows = (await reader.QueryAsync(query, CancellationToken.None)).Count;
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine($"{name}: {rows:N0} rows, fastest of 15 {times[0]:0} ms, median {times[7]:0} ms, slowest {times[^1]:0} ms");
        return times[7];
    }
}
