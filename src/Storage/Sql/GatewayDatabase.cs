using System.Data.Common;
using System.Net.Sockets;

namespace Gateway.Storage.Sql;

/// <summary>
/// The one way to the database: every piece of work is bounded in time and fails as <see cref="StorageUnavailableException"/>.
/// Each supported database is a subclass; statements are written in the SQL that all of them understand.
/// </summary>
public abstract class GatewayDatabase(TimeSpan callTimeout, TimeProvider time)
{
    private readonly LongReads _longReads = new(places: 2);

    /// <summary>Folder of its migration scripts.</summary>
    public abstract string Dialect { get; }

    /// <summary>Names the database in messages to operators; never a password.</summary>
    public abstract string DisplayName { get; }

    public TimeProvider Time => time;

    public long NowMilliseconds => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Several processes use it, of this version and of the next: it may be absent at the start, and its schema newer.</summary>
    internal abstract bool IsShared { get; }

    /// <summary>Statement that makes rival migrations wait for each other until its transaction ends; null: writing alone does.</summary>
    internal abstract string? MigrationLock { get; }

    /// <summary>Reads the database's clock in Unix milliseconds; null: it has none but this machine's.</summary>
    internal abstract string? ClockQuery { get; }

    /// <summary>Statement that gives the rest of a transaction the memory that adding up many rows needs; null: it needs none.</summary>
    internal virtual string? LargeReadSetting => null;

    /// <summary>What joins a row with each text of a JSON array in it, as <c>g.value</c>.</summary>
    internal abstract string TextsIn(string column);

    /// <summary>Sum of a column of whole numbers, 0 of no rows: exact, and the largest number where it would be greater than that.</summary>
    internal abstract string SumOf(string column);

    /// <summary>Condition that a column is one of the texts of a JSON array, in the form that an index serves.</summary>
    internal virtual string IsAmong(string column, string array) => $"{column} IN (SELECT g.value FROM {TextsIn(array)})";

    /// <summary>The work must be repeatable: it may run a second time on another connection.</summary>
    public Task<T> ReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => ReadAsync(work, callTimeout, cancellationToken);

    /// <summary>For work that takes long and that no grain waits for. Statements state their own bound as well.</summary>
    internal Task<T> ReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, TimeSpan patience, CancellationToken cancellationToken) =>
        BoundedAsync(token => RunReadAsync(work, token), Longer(patience), cancellationToken);

    /// <summary>For work that may read any number of rows: few of it run at once, and the time until its turn comes is part of <paramref name="patience"/>.</summary>
    internal Task<T> ReadMuchAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, TimeSpan patience, CancellationToken cancellationToken) =>
        ReadMuchAsync(work, _longReads, patience, cancellationToken);

    /// <summary>For such work that must not wait for questions of people: it has places of its own.</summary>
    internal Task<T> ReadMuchAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, LongReads places, TimeSpan patience, CancellationToken cancellationToken) =>
        BoundedAsync(token => places.RunAsync(() => RunReadAsync(work, token), token), Longer(patience), cancellationToken);

    /// <summary>
    /// Runs the work in one transaction that is committed when it returns. A failure has an unknown outcome. The work must be
    /// repeatable: it runs a second time where it is certain that the first left nothing behind.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) => WriteAsync(work, callTimeout, cancellationToken);

    /// <inheritdoc cref="ReadAsync{T}(Func{DbConnection, CancellationToken, Task{T}}, TimeSpan, CancellationToken)"/>
    internal Task<T> WriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, TimeSpan patience, CancellationToken cancellationToken) =>
        BoundedAsync(token => RunWriteAsync(work, token), Longer(patience), cancellationToken);

    /// <summary>
    /// Runs one write that is committed by itself, which may save a way to the server and back. It must state what it expects to find,
    /// so that it changes nothing a second time: where a connection is lost it runs once more, though the first may have taken effect.
    /// </summary>
    internal Task<T> WriteConditionallyAsync<T>(Func<DbConnection, DbTransaction?, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        BoundedAsync(token => RunConditionalWriteAsync(work, token), callTimeout, cancellationToken);

    /// <summary>As <see cref="WriteAsync{T}(Func{DbTransaction, CancellationToken, Task{T}}, CancellationToken)"/>, but without a bound: migrations take the time they need.</summary>
    internal Task<T> MigrateAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        TranslatedAsync(() => RunWriteAsync(work, cancellationToken));

    protected abstract Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    protected abstract Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    protected virtual Task<T> RunConditionalWriteAsync<T>(Func<DbConnection, DbTransaction?, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RunWriteAsync((transaction, token) => work(transaction.Connection!, transaction, token), cancellationToken);

    internal abstract DatabaseFailure Classify(Exception exception);

    /// <summary>What happened, for operators; without values of statements and without secrets.</summary>
    internal abstract string Explain(Exception exception);

    // A database that was given more time than usual has it for everything.
    private TimeSpan Longer(TimeSpan patience) => patience > callTimeout ? patience : callTimeout;

    private async Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> run, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(patience, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        var work = TranslatedAsync(() => run(linked.Token));
        try
        {
            // A driver may ignore its token while disk or network hang; the caller goes on at the bound all the same.
            return await work.WaitAsync(linked.Token);
        }
        catch (OperationCanceledException exception)
        {
            Abandon(work);
            if (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new StorageUnavailableException($"The database {DisplayName} did not answer in time.", exception);
            }

            throw;
        }
    }

    private async Task<T> TranslatedAsync<T>(Func<Task<T>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception is DbException or SocketException)
        {
            var text = $"The database {DisplayName} {Explain(exception)}";
            throw Classify(exception) switch
            {
                DatabaseFailure.RefusedValue => new StorageStatementException(text, exception) { IsOfValue = true },
                DatabaseFailure.Defect => new StorageStatementException(text, exception),
                _ => new StorageUnavailableException(text, exception),
            };
        }
    }

    // Nobody waits for its end any more; its failure must not count as unobserved.
    private static void Abandon(Task work) =>
        _ = work.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
