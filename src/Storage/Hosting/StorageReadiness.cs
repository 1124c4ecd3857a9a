namespace Gateway.Storage.Hosting;

/// <summary>Whether the schema of this version is there. Until then every call fails as <see cref="StorageUnavailableException"/>.</summary>
public sealed class StorageReadiness
{
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the database was migrated, by this process or another.</summary>
    public Task Prepared => _prepared.Task;

    public bool IsPrepared => _prepared.Task.IsCompletedSuccessfully;

    internal void ReportPrepared() => _prepared.TrySetResult();
}
