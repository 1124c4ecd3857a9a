using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Sql;

/// <summary>The one writer that SQLite allows, for many who want to write.</summary>
/// <remarks>
/// A commit waits for the disk, which takes longer than most writes: those that wait share the next one.
/// 1. A write is queued. Where nobody writes, its caller's arrival starts a round.
/// 2. A round takes all that wait, at most <see cref="MostTogether"/>, into one transaction, each behind a savepoint.
/// 3. One that fails is rolled back to its savepoint; the others stay. Where SQLite has given up the transaction as a whole, all of them have failed.
/// 4. After the commit each learns what became of it. A commit that fails has failed for all of them.
/// All rounds use one connection, whose cache then holds the pages that are written again and again; one that failed is replaced.
/// </remarks>
/// <param name="open">Opens a connection.</param>
internal sealed class SqliteWriter(Func<Task<SqliteConnection>> open) : IDisposable
{
    private const int MostTogether = 64;
    private const string Savepoint = "one";

    private readonly Lock _gate = new();
    private readonly Queue<QueuedWrite> _waiting = [];
    private SqliteConnection? _connection;
    private bool _isWriting;
    private bool _isClosed;

    public Task<T> RunAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var write = new QueuedWrite<T>(work, cancellationToken);
        lock (_gate)
        {
            _waiting.Enqueue(write);
            if (_isWriting)
            {
                return write.Outcome;
            }

            _isWriting = true;
        }

        // The driver is synchronous: it must block neither a grain's turn nor a connection's loop.
        _ = Task.Run(WriteAllAsync, CancellationToken.None);
        return write.Outcome;
    }

    /// <summary>What is queued is still written.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (!_isWriting)
            {
                Disconnect();
            }
        }
    }

    private async Task WriteAllAsync()
    {
        var round = new List<QueuedWrite>();
        while (Take(round))
        {
            try
            {
                await WriteAsync(round);
            }
            catch (Exception exception)
            {
                Disconnect();
                var failure = FailureOfAll(exception);
                round.ForEach(write => write.Fail(failure));
            }

            round.ForEach(write => write.Tell());
            round.Clear();
        }
    }

    private bool Take(List<QueuedWrite> round)
    {
        lock (_gate)
        {
            while (round.Count < MostTogether && _waiting.TryDequeue(out var write))
            {
                round.Add(write);
            }

            _isWriting = round.Count > 0;
            if (!_isWriting && _isClosed)
            {
                Disconnect();
            }

            return _isWriting;
        }
    }

    private async Task WriteAsync(List<QueuedWrite> round)
    {
        _connection ??= await open();
        await using var transaction = _connection.BeginTransaction(deferred: false);
        foreach (var write in round)
        {
            await transaction.SaveAsync(Savepoint, CancellationToken.None);
            if (!await write.TryRunAsync(transaction))
            {
                await transaction.RollbackAsync(Savepoint, CancellationToken.None);
            }

            await transaction.ReleaseAsync(Savepoint, CancellationToken.None);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    // Whoever shares a transaction is not to blame for its end, and the driver says of one that SQLite has rolled back only that it is over.
    private static Exception FailureOfAll(Exception exception) => exception is SqliteException && SqliteFailures.Classify(exception) == DatabaseFailure.Unavailable
        ? exception
        : new StorageUnavailableException("The database gave up a transaction that several writes shared.", exception);

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
