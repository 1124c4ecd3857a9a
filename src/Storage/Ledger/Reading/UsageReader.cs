using System.Data.Common;
using System.Globalization;
using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>Answers questions about usage. Each is bounded in time and rows.</summary>
public sealed class UsageReader(GatewayDatabase database)
{
    /// <summary>People wait for it; nothing else does.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task<IReadOnlyList<UsageRow>> QueryAsync(UsageQuery query, CancellationToken cancellationToken) => database.ReadMuchAsync<IReadOnlyList<UsageRow>>(
        async (connection, token) =>
        {
            var statement = UsageStatement.Of(database, query);
            await using var transaction = database.LargeReadSetting is null ? null : await connection.BeginTransactionAsync(token);
            if (database.LargeReadSetting is { } setting)
            {
                await connection.ExecuteAsync(new CommandDefinition(setting, transaction: transaction, cancellationToken: token));
            }

            await using var reader = (DbDataReader)await connection.ExecuteReaderAsync(Command(statement.Text, statement.Values, token, transaction));
            var rows = new List<UsageRow>();
            while (await reader.ReadAsync(token))
            {
                rows.Add(ReadRow(reader, query));
            }

            return rows;
        },
        Patience,
        cancellationToken);

    /// <summary>Newest first.</summary>
    /// <param name="before">Only records with a smaller id; null: from the newest.</param>
    /// <param name="filters">As in <see cref="UsageQuery.Filters"/>; times are not among them.</param>
    public Task<IReadOnlyList<UsageRecord>> ListAsync(
        DateTimeOffset from, DateTimeOffset to, Guid? before, IEnumerable<UsageFilter> filters, int limit, CancellationToken cancellationToken)
    {
        var end = RecordId.LowerBound(to);
        var values = new DynamicParameters();
        var condition = UsageFilters.OverRecords(database, filters, values);
        values.Add("FromId", RecordId.LowerBound(from));
        values.Add("ToId", before is { } id && RecordId.Bytes(id).AsSpan().SequenceCompareTo(end) < 0 ? RecordId.Bytes(id) : end);
        values.Add("Limit", limit);
        return QueryAsync($"{RecordRow.Select} WHERE id >= @FromId AND id < @ToId{condition} ORDER BY id DESC LIMIT @Limit", values, cancellationToken);
    }

    /// <summary>Null: no such record, or not yet.</summary>
    public async Task<UsageRecord?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var values = new DynamicParameters();
        values.Add("Id", RecordId.Bytes(id));
        return (await QueryAsync($"{RecordRow.Select} WHERE id = @Id", values, cancellationToken)).SingleOrDefault();
    }

    private static CommandDefinition Command(string text, DynamicParameters values, CancellationToken token, DbTransaction? transaction = null) =>
        new(text, values, transaction, commandTimeout: (int)Patience.TotalSeconds, cancellationToken: token);

    private static UsageRow ReadRow(DbDataReader reader, UsageQuery query)
    {
        var keys = query.GroupBy.Length;
        return new UsageRow(
            [.. query.GroupBy.Select((dimension, i) => ReadKey(reader, dimension, i))],
            new UsageTotals
            {
                Requests = reader.GetInt64(keys),
                InputTokens = reader.GetInt64(keys + 1),
                CachedTokens = reader.GetInt64(keys + 2),
                CacheWriteTokens = reader.GetInt64(keys + 3),
                OutputTokens = reader.GetInt64(keys + 4),
                ReasoningTokens = reader.GetInt64(keys + 5),
                CostNanoUsd = reader.GetInt64(keys + 6),
                Partial = reader.GetInt64(keys + 7),
                Interrupted = reader.GetInt64(keys + 8),
                Estimated = reader.GetInt64(keys + 9),
            });
    }

    private static string ReadKey(DbDataReader reader, UsageDimension dimension, int index) => dimension switch
    {
        UsageDimension.Hour or UsageDimension.Day or UsageDimension.Month =>
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(index)).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        UsageDimension.Status => reader.GetInt32(index).ToString(CultureInfo.InvariantCulture),
        _ => reader.GetString(index),
    };

    private Task<IReadOnlyList<UsageRecord>> QueryAsync(string statement, DynamicParameters values, CancellationToken cancellationToken) => database.ReadMuchAsync<IReadOnlyList<UsageRecord>>(
        async (connection, token) => [.. (await connection.QueryAsync<RecordRow>(Command(statement, values, token))).Select(row => row.ToRecord())],
        Patience,
        cancellationToken);
}
