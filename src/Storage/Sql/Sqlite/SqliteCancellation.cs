using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gateway.Storage.Sql;

/// <summary>Ends a connection's statements soon after a token was cancelled. The driver looks at one only between rows, and the first may take minutes.</summary>
/// <remarks>
/// SQLite asks on the thread that runs the statement. An interruption from another thread is lost where it comes between two statements, and one
/// that comes late would meet the next user of a pooled connection.
/// </remarks>
internal sealed class SqliteCancellation : IDisposable
{
    private const int Interrupted = 9;

    // Of SQLite's virtual machine, between two questions: less than a millisecond.
    private const int Instructions = 10_000;

    private readonly sqlite3 _connection;

    public SqliteCancellation(SqliteConnection connection, CancellationToken cancellationToken)
    {
        _connection = connection.Handle!;
        raw.sqlite3_progress_handler(_connection, Instructions, static token => ((CancellationToken)token).IsCancellationRequested ? 1 : 0, cancellationToken);
    }

    /// <summary>Whether a statement failed since it was ended so.</summary>
    public static bool Caused(SqliteException exception) => exception.SqliteErrorCode == Interrupted;

    /// <summary>Before the connection goes back to its pool.</summary>
    public void Dispose() => raw.sqlite3_progress_handler(_connection, 0, null, null);
}
