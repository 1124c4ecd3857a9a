namespace Orleans.Core;

/// <summary>One stored record of an activation.</summary>
public interface IStorage
{
    /// <summary>The version that the next write or clear expects to find; null when nothing is stored.</summary>
    string? Etag { get; }

    bool RecordExists { get; }

    Task ClearStateAsync();

    Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

    Task WriteStateAsync();

    Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

    Task ReadStateAsync();

    Task ReadStateAsync(CancellationToken cancellationToken) => ReadStateAsync();
}

/// <summary>One stored record and its value in memory.</summary>
public interface IStorage<TState> : IStorage
{
    TState State { get; set; }
}
