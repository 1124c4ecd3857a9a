using System.Data;
using System.Data.Common;
using Npgsql;

namespace Gateway.Storage.Sql.Postgres;

/// <summary>
/// A PostgreSQL that all processes of a gateway share. A pooled connection whose server restarted or failed over is noticed when it
/// is used: then the work runs once more on a new one, where that is safe.
/// </summary>
public sealed class PostgresDatabase : GatewayDatabase, IDisposable
{
    // A process that hangs in the middle of a change must not hold its locks over the others.
    private const string SessionSettings = "SET idle_in_transaction_session_timeout = '5s'";

    private readonly PostgresTarget _target;
    private readonly NpgsqlDataSource _source;

    public PostgresDatabase(PostgresTarget target, TimeSpan callTimeout, TimeProvider time)
        : base(callTimeout, time)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        _source = target.CreateSource(callTimeout, SessionSettings);
    }

    public override string Dialect => "Postgres";

    public override string DisplayName => _target.DisplayName;

    internal override bool IsShared => true;

    // The key is arbitrary ("gateway" in ASCII); advisory locks belong to one database.
    internal override string? MigrationLock => "SELECT pg_advisory_xact_lock(29104508263162233)";

    // Of the statement, not of its transaction, which is what now() tells.
    internal override string? ClockQuery => "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)";

    // The default of 4 MB spills tens of thousands of groups to disk, which takes longer than adding up. Compiling the
    // statement takes longer than running it.
    internal override string? LargeReadSetting => "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off";

    internal override string TextsIn(string column) => $"json_array_elements_text({column}::json) AS g (value)";

    // The server adds up without a bound.
    internal override string SumOf(string column) => $"CAST(LEAST(coalesce(sum({column}), 0), {long.MaxValue}) AS BIGINT)";

    // Joined with a list of unknown length it would read the whole table.
    internal override string IsAmong(string column, string array) => $"{column} = ANY (ARRAY(SELECT g.value FROM {TextsIn(array)}))";

    public void Dispose() => _source.Dispose();

    internal override DatabaseFailure Classify(Exception exception) => PostgresFailures.Classify(exception);

    internal override string Explain(Exception exception) => PostgresFailures.Explain(exception);

    protected override async Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var retried = false; ; retried = true)
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            try
            {
                return await work(connection, cancellationToken);
            }
            catch (DbException exception) when (!retried && MayRepeat(exception, committing: false))
            {
                // Again on another connection.
            }
        }
    }

    protected override async Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var retried = false; ; retried = true)
        {
            await using var connection = await _source.OpenConnectionAsync(cancellationToken);
            var committing = false;
            try
            {
                // Stated, since a server may have another default: statements that wait for a lock must see what its holder wrote.
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
                var result = await work(transaction, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                committing = true;
                await transaction.CommitAsync(cancellationToken);
                return result;
            }
            catch (DbException exception) when (!retried && MayRepeat(exception, committing))
            {
                // The transaction did not take effect.
            }
        }
    }

    // Its statement is a transaction; like a read, it may run a second time.
    protected override Task<T> RunConditionalWriteAsync<T>(Func<DbConnection, DbTransaction?, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RunReadAsync((connection, token) => work(connection, null, token), cancellationToken);

    // A connection lost during a commit leaves its outcome unknown; a conflict never does.
    private bool MayRepeat(DbException exception, bool committing)
    {
        if (PostgresFailures.IsReadOnly(exception))
        {
            // A demoted primary: the name may lead to the new one by now, but only new connections look.
            _source.Clear();
        }

        return Classify(exception) switch
        {
            DatabaseFailure.Conflict => true,
            DatabaseFailure.ConnectionLost => !committing,
            _ => false,
        };
    }
}
