using System.Data.Common;
using Dapper;

namespace Gateway.Storage.Keys;

/// <summary>What create calls with an <c>Idempotency-Key</c> made, for a day.</summary>
internal static class IdempotencyTable
{
    private static readonly long RetentionMilliseconds = (long)TimeSpan.FromHours(24).TotalMilliseconds;

    public static async Task<EarlierRequest?> FindAsync(DbTransaction transaction, IdempotentRequest request, long now, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM idempotency_keys WHERE created_at < @Oldest", new { Oldest = now - RetentionMilliseconds }, transaction, cancellationToken: cancellationToken));
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "SELECT request_hash AS RequestHash, result_id AS ResultId FROM idempotency_keys WHERE scope = @Scope AND key = @Key",
            new { request.Scope, request.Key },
            transaction,
            cancellationToken: cancellationToken));
        return row is null ? null : new EarlierRequest(row.ResultId, row.RequestHash.AsSpan().SequenceEqual(request.RequestHash.ToArray()));
    }

    public static Task InsertAsync(DbTransaction transaction, IdempotentRequest request, string resultId, long now, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT INTO idempotency_keys (scope, key, request_hash, result_id, created_at) VALUES (@Scope, @Key, @RequestHash, @ResultId, @CreatedAt)",
            new { request.Scope, request.Key, RequestHash = request.RequestHash.ToArray(), ResultId = resultId, CreatedAt = now },
            transaction,
            cancellationToken: cancellationToken));

    private sealed class Row
    {
        public byte[] RequestHash { get; init; } = [];

        public string ResultId { get; init; } = "";
    }
}

internal sealed record EarlierRequest(string ResultId, bool IsSameRequest);
