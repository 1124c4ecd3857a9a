using Gateway.Abstractions;
using Orleans.Storage;

namespace Gateway.Grains.Manifests.State;

/// <summary>
/// Writes the state of an activation whose turns interleave: one write at a time, each bounded, each applied only once it is stored. A write
/// that times out has an unknown outcome; it keeps its place until it ends, and is applied if it turns out well. One that failed may be stored
/// all the same, or later: reading would not tell, but the next write does. Once it is stored the failed one can never be; else it conflicts.
/// </summary>
/// <param name="onConflict">Another activation wrote; this one must give up its state.</param>
internal sealed class StateWriter<T>(IPersistentState<T> storage, TimeProvider time, Action onConflict) : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>A write failed, and none has told since whether it is stored.</summary>
    public bool IsUncertain { get; private set; }

    /// <exception cref="StorageUnavailableException">The change was not stored, or it is not known whether it was.</exception>
    public async Task WriteAsync(Func<T, T> change, Action stored, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Bound, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _turn.WaitAsync(both.Token);
            await StoreAsync(change, stored).WaitAsync(both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StorageUnavailableException("The storage of the gateway does not answer; the change was not confirmed. Read it back before you try again.");
        }
        catch (InconsistentStateException)
        {
            onConflict();
            throw new StorageUnavailableException("The state was changed by another silo meanwhile; the change was not made. Try again.");
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            throw new StorageUnavailableException($"The storage of the gateway failed ({problem.GetType().Name}); it is not known whether the change was made. Read it back before you try again.");
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task StoreAsync(Func<T, T> change, Action stored)
    {
        try
        {
            var before = storage.State;
            storage.State = change(before);
            try
            {
                await storage.WriteStateAsync(CancellationToken.None);
                IsUncertain = false;
            }
            catch
            {
                storage.State = before;
                IsUncertain = true;
                throw;
            }

            stored();
        }
        finally
        {
            _turn.Release();
        }
    }
}
