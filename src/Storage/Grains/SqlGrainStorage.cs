using System.Data.Common;
using System.Globalization;
using Dapper;
using Gateway.Storage.Sql;
using Orleans.Storage;

namespace Gateway.Storage.Grains;

/// <summary>
/// Grain state in SQL. The ETag is a rising version; a write or clear succeeds only on the version that the activation read,
/// so of two activations of one grain only one can win. A write whose connection is lost is made once more: if it had taken effect, it now
/// finds another version than it expects, and that is a conflict like any other.
/// </summary>
/// <remarks>A cleared state keeps its row, else a write from before the clear could match a version that came again.</remarks>
public sealed class SqlGrainStorage(GatewayDatabase database) : IGrainStorage
{
    private const string Select = "SELECT data AS Data, version AS Version FROM grain_state WHERE grain_id = @GrainId AND state_name = @StateName";

    private const string Insert =
        "INSERT INTO grain_state (grain_id, state_name, data, version, changed_at) VALUES (@GrainId, @StateName, @Data, @Next, @Now) "
        + "ON CONFLICT (grain_id, state_name) DO NOTHING";

    private const string Update =
        "UPDATE grain_state SET data = @Data, version = @Next, changed_at = @Now WHERE grain_id = @GrainId AND state_name = @StateName AND version = @Expected";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = await database.ReadAsync(
            (connection, token) => connection.QuerySingleOrDefaultAsync<Row>(
                new CommandDefinition(Select, new { GrainId = grainId.ToString(), StateName = stateName }, cancellationToken: token)),
            CancellationToken.None);
        grainState.RecordExists = row?.Data is not null;
        grainState.ETag = row?.Version.ToString(CultureInfo.InvariantCulture);
        grainState.State = row?.Data is { } data ? GrainStateJson.Deserialize<T>(data, stateName, grainId) : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var data = GrainStateJson.Serialize(grainState.State, stateName, grainId);
        grainState.ETag = await ReplaceAsync(stateName, grainId, data, grainState.ETag);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.ETag = await ReplaceAsync(stateName, grainId, null, grainState.ETag);
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    private async Task<string> ReplaceAsync(string stateName, GrainId grainId, string? data, string? etag)
    {
        long? expected = etag is null ? null : long.Parse(etag, CultureInfo.InvariantCulture);
        var now = database.NowMilliseconds;
        var next = Math.Max((expected ?? 0) + 1, now);
        var values = new { GrainId = grainId.ToString(), StateName = stateName, Data = data, Expected = expected, Next = next, Now = now };
        var stored = await database.WriteConditionallyAsync((connection, transaction, token) => ReplaceAsync(connection, transaction, values, expected, token), CancellationToken.None);
        if (stored is { } other)
        {
            var found = other == 0 ? "none" : other.ToString(CultureInfo.InvariantCulture);
            throw new InconsistentStateException($"State '{stateName}' of grain {grainId} was changed by another activation.", found, etag ?? "none");
        }

        return next.ToString(CultureInfo.InvariantCulture);
    }

    /// <returns>Null when the write succeeded, otherwise the version that is stored (0: no row).</returns>
    private static async Task<long?> ReplaceAsync(DbConnection connection, DbTransaction? transaction, object values, long? expected, CancellationToken cancellationToken)
    {
        var changed = await connection.ExecuteAsync(new CommandDefinition(expected is null ? Insert : Update, values, transaction, cancellationToken: cancellationToken));
        if (changed == 1)
        {
            return null;
        }

        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(Select, values, transaction, cancellationToken: cancellationToken));
        return row?.Version ?? 0;
    }

    private sealed class Row
    {
        public string? Data { get; init; }

        public long Version { get; init; }
    }
}
