using Orleans.Storage;

namespace Orleans.Runtime.Persistence;

/// <summary>A state of one activation over a storage provider.</summary>
internal sealed class PersistentState<TState>(string name, GrainId grainId, IGrainStorage storage) : IPersistentState<TState>
{
    private readonly GrainState<TState> _record = new();

    public TState State
    {
        get => _record.State!;
        set => _record.State = value;
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _record.RecordExists;

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public async Task ReadStateAsync(CancellationToken cancellationToken)
    {
        await Guard("read", () => storage.ReadStateAsync(name, grainId, _record, cancellationToken), cancellationToken);
        ReplaceMissing();
    }

    public Task WriteStateAsync(CancellationToken cancellationToken) =>
        Guard("write", () => storage.WriteStateAsync(name, grainId, _record, cancellationToken), cancellationToken);

    public async Task ClearStateAsync(CancellationToken cancellationToken)
    {
        await Guard("clear", () => storage.ClearStateAsync(name, grainId, _record, cancellationToken), cancellationToken);
        ReplaceMissing();
    }

    private void ReplaceMissing()
    {
        if (!_record.RecordExists || _record.State is null)
        {
            _record.State = Activator.CreateInstance<TState>();
        }
    }

    // Grain code meets one family of exceptions, whatever the provider throws.
    private async Task Guard(string operation, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
        }
        catch (Exception exception) when (exception is not OrleansException && !cancellationToken.IsCancellationRequested)
        {
            throw new OrleansException($"Storage failed to {operation} state '{name}' of grain {grainId}: {exception.Message}", exception);
        }
    }
}
