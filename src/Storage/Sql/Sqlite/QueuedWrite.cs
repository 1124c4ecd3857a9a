using System.Data.Common;

namespace Gateway.Storage.Sql;

/// <summary>Work that waits for its turn in a transaction that others share.</summary>
internal abstract class QueuedWrite
{
    /// <returns>False: it failed, and nothing of it may stay.</returns>
    public abstract Task<bool> TryRunAsync(DbTransaction transaction);

    /// <summary>What it did is lost; its own failure, if it had one, says more.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>Tells whoever waits what became of it.</summary>
    public abstract void Tell();
}

/// <inheritdoc cref="QueuedWrite"/>
internal sealed class QueuedWrite<T>(Func<DbTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken) : QueuedWrite
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _failure;

    public Task<T> Outcome => _outcome.Task;

    public override async Task<bool> TryRunAsync(DbTransaction transaction)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            _result = await work(transaction, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return true;
        }
        catch (Exception exception)
        {
            _failure = exception;
            return false;
        }
    }

    public override void Fail(Exception exception) => _failure ??= exception;

    public override void Tell()
    {
        switch (_failure)
        {
            case null:
                _outcome.SetResult(_result!);
                break;
            case OperationCanceledException when cancellationToken.IsCancellationRequested:
                _outcome.SetCanceled(cancellationToken);
                break;
            default:
                _outcome.SetException(_failure);
                break;
        }
    }
}
