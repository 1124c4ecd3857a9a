using System.Data.Common;

namespace Gateway.Storage.Sql;

/// <summary>
/// The one way to the database: every piece of work is bounded in time and fails as <see cref="StorageUnavailableException"/>.
/// Each supported database is a subclass; statements are written in the SQL that all of them understand.
/// </summary>
public abstract class GatewayDatabase(TimeSpan callTimeout, TimeProvider time)
{
    /// <summary>Folder of its migration scripts.</summary>
    public abstract string Dialect { get; }

    /// <summary>Names the database in messages to operators; never a password.</summary>
    public abstract string DisplayName { get; }

    public TimeProvider Time => time;

    public long NowMilliseconds => time.GetUtcNow().ToUnixTimeMilliseconds();

    public Task<T> ReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        BoundedAsync(token => RunReadAsync(work, token), cancellationToken);

    /// <summary>Runs the work in one transaction that is committed when it returns. A failure has an unknown outcome.</summary>
    public Task<T> WriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        BoundedAsync(token => RunWriteAsync(work, token), cancellationToken);

    /// <summary>As <see cref="WriteAsync{T}"/>, but without a bound: migrations take the time they need.</summary>
    internal Task<T> MigrateAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RunWriteAsync(work, cancellationToken);

    protected abstract Task<T> RunReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    protected abstract Task<T> RunWriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken);

    private async Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(callTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            // A driver may ignore its token while the disk hangs; the caller goes on at the bound all the same.
            return await run(linked.Token).WaitAsync(linked.Token);
        }
        catch (OperationCanceledException exception) when (bound.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new StorageUnavailableException("The database did not answer in time.", exception);
        }
        catch (DbException exception)
        {
            throw new StorageUnavailableException("The database refused or could not carry out a call.", exception);
        }
    }
}
