using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>The months that records lie in. They are made before the first record comes, by whichever process needs one first.</summary>
internal sealed class PostgresPartitions
{
    // Arbitrary; makes rivals wait for each other.
    private const string Lock = "SELECT pg_advisory_xact_lock(29104508263162234)";
    private const string Prefix = "usage_records_";
    private const string Existing = "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'usage_records'::regclass";

    private readonly ConcurrentDictionary<(int Year, int Month), bool> _known = [];

    public async Task EnsureAsync(GatewayDatabase database, IEnumerable<DateTimeOffset> times, CancellationToken cancellationToken)
    {
        foreach (var month in times.Select(time => (time.UtcDateTime.Year, time.UtcDateTime.Month)).Distinct().ToList())
        {
            if (_known.ContainsKey(month))
            {
                continue;
            }

            await database.WriteAsync(
                (transaction, token) => transaction.Connection!.ExecuteAsync(new CommandDefinition($"{Lock}; {Create(month)}", transaction: transaction, cancellationToken: token)),
                cancellationToken);
            _known[month] = true;
        }
    }

    /// <summary>Another process may have dropped what is known here.</summary>
    public void Forget() => _known.Clear();

    /// <summary>Drops every month that ends before <paramref name="limit"/>.</summary>
    public async Task DropBeforeAsync(GatewayDatabase database, DateTimeOffset limit, CancellationToken cancellationToken)
    {
        var names = await database.ReadAsync(
            async (connection, token) => (await connection.QueryAsync<string>(new CommandDefinition(Existing, cancellationToken: token))).ToList(), cancellationToken);
        foreach (var name in names)
        {
            if (MonthOf(name) is not { } month || Begin(month).AddMonths(1) > limit)
            {
                continue;
            }

            _known.TryRemove(month, out _);
            await database.WriteAsync(
                (transaction, token) => transaction.Connection!.ExecuteAsync(new CommandDefinition($"{Lock}; DROP TABLE IF EXISTS {name}", transaction: transaction, cancellationToken: token)),
                UsageLedger.Patience,
                cancellationToken);
        }
    }

    private static string Create((int Year, int Month) month)
    {
        var begin = Begin(month);
        return $"CREATE TABLE IF NOT EXISTS {Prefix}{month.Year:0000}{month.Month:00} PARTITION OF usage_records FOR VALUES FROM ({Bound(begin)}) TO ({Bound(begin.AddMonths(1))})";
    }

    private static string Bound(DateTimeOffset time) => $@"'\x{Convert.ToHexStringLower(RecordId.LowerBound(time))}'";

    private static DateTimeOffset Begin((int Year, int Month) month) => new(month.Year, month.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private static (int Year, int Month)? MonthOf(string table) =>
        table.Length == Prefix.Length + 6 && int.TryParse(table.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number % 100 is >= 1 and <= 12
            ? (number / 100, number % 100)
            : null;
}
