using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sql;

/// <summary>The embedded database: one file, one writer at a time, readers beside it.</summary>
public sealed class SqliteDatabase : GatewayDatabase, IDisposable
{
    // FULL: what was answered as done (a revoked key above all) must survive a power cut. WAL with NORMAL may lose
    // the newest commits then.
    private const string Pragmas = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";

    // WAL stays with the file: readers beside the writer, and one flush a commit instead of three. A batch of usage touches some thousand
    // pages, most of them again with the next one: they stay in 16 MiB of cache, and go from the log (16 MB) into the file once for several batches.
    private const string WriterPragmas = "PRAGMA journal_mode = WAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000;";

    private readonly string _path;
    private readonly string _connectionString;
    private readonly string _writerConnectionString;
    private readonly string _connectionPragmas;
    private readonly SqliteWriter _writer;

    public SqliteDatabase(string path, TimeSpan callTimeout, TimeProvider time)
        : base(callTimeout, time)
    {
        _path = path;
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = true,
            DefaultTimeout = (int)Math.Ceiling(callTimeout.TotalSeconds),
        };
        _connectionString = settings.ToString();

        // Out of the pool: what a failure left behind in the writer's connection must not come back with the next one.
        settings.Pooling = false;
        _writerConnectionString = settings.ToString();
        _writer = new SqliteWriter(OpenWriterAsync);
        _connectionPragmas = $"PRAGMA busy_timeout = {(long)callTimeout.TotalMilliseconds}; {Pragmas}";
    }

    public override string Dialect => "Sqlite";

    public override string DisplayName => _path;

    internal override bool IsShared => false;

    internal override string? MigrationLock => null;

    internal override string? ClockQuery => null;

    internal override string TextsIn(string column) => $"json_each({column}) AS g";

    // A sum that overflows is an error there. The two halves of the numbers do not, up to 2³¹ rows.
    internal override string SumOf(string column)
    {
        var (high, low) = ($"sum({column} >> 32)", $"sum({column} & {uint.MaxValue})");
        return $"coalesce(CASE WHEN {high} + ({low} >> 32) > {int.MaxValue} THEN {long.MaxValue} ELSE ({high} << 32) + {low} END, 0)";
    }

    public void Dispose()
    {
        _writer.Dispose();
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    internal override DatabaseFailure Classify(Exception exception) => SqliteFailures.Classify(exception);

    internal override string Explain(Exception exception) => $"cannot be used: {exception.Message.TrimEnd('.')}.";

    // The driver is synchronous: on a pool thread it blocks neither a grain's turn nor a connection's loop.
    protected override Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        Task.Run(
            async () =>
            {
                await using var connection = await OpenAsync(_connectionString, cancellationToken);
                using var cancellation = new SqliteCancellation(connection, cancellationToken);
                try
                {
                    return await work(connection, cancellationToken);
                }
                catch (SqliteException exception) when (SqliteCancellation.Caused(exception))
                {
                    throw new OperationCanceledException(exception.Message, exception, cancellationToken);
                }
            },
            cancellationToken);

    protected override Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => _writer.RunAsync(work, cancellationToken);

    private async Task<SqliteConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await connection.ExecuteAsync(_connectionPragmas);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<SqliteConnection> OpenWriterAsync()
    {
        var connection = await OpenAsync(_writerConnectionString, CancellationToken.None);
        try
        {
            await connection.ExecuteAsync(WriterPragmas);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
