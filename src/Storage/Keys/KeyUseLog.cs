using System.Data.Common;
using System.Globalization;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Keys;

/// <summary>When keys were last used, in batches. It is read with the keys.</summary>
public sealed class KeyUseLog(GatewayDatabase database)
{
    // Nodes write side by side: an older time never replaces a newer one.
    private const string OnConflict =
        "ON CONFLICT (key_id) DO UPDATE SET last_used_at = excluded.last_used_at WHERE excluded.last_used_at > key_uses.last_used_at";

    /// <summary>Writes a batch in one statement: a database that is not close by takes a round trip for each.</summary>
    /// <exception cref="StorageUnavailableException">Whether it was written is unknown; writing it again is harmless.</exception>
    public async Task RecordAsync(IReadOnlyCollection<KeyUse> uses, CancellationToken cancellationToken)
    {
        // In one order on all nodes, so that none waits for a row that another has while that one waits for its own.
        var latest = uses.GroupBy(use => use.KeyId, StringComparer.Ordinal).Select(same => same.MaxBy(use => use.At)!).OrderBy(use => use.KeyId, StringComparer.Ordinal).ToList();
        if (latest.Count > 0)
        {
            await database.WriteAsync((transaction, token) => InsertAsync(transaction, latest, token), cancellationToken);
        }
    }

    private static async Task<int> InsertAsync(DbTransaction transaction, List<KeyUse> uses, CancellationToken cancellationToken)
    {
        await using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"INSERT INTO key_uses (key_id, last_used_at) VALUES {string.Join(", ", uses.Select((_, row) => string.Create(CultureInfo.InvariantCulture, $"(@k{row}, @t{row})")))} {OnConflict}";
        for (var row = 0; row < uses.Count; row++)
        {
            Add(command, 'k', row, uses[row].KeyId);
            Add(command, 't', row, uses[row].At.ToUnixTimeMilliseconds());
        }

        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void Add(DbCommand command, char kind, int row, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@{kind}{row}");
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}

/// <param name="KeyId">Id of the key.</param>
/// <param name="At">When it was used last.</param>
public sealed record KeyUse(string KeyId, DateTimeOffset At);
