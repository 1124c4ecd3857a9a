namespace Gateway.Grains.Manifests.Fetching;

/// <summary>A manifest in a file.</summary>
internal sealed class FileManifestFetcher(string path, TimeSpan timeout, TimeProvider time) : IManifestFetcher
{
    private readonly WatchedFile _file = new(path, time);

    public bool IsLocal => true;

    public async Task<FetchResult> FetchAsync(CacheValidators validators, CancellationToken cancellationToken)
    {
        try
        {
            return await _file.ReadAsync(timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new FetchResult.Failed($"The file could not be read within {timeout.TotalSeconds:0.###} s.");
        }
    }

    public Task<bool> HasChangedAsync(CancellationToken cancellationToken) => _file.HasChangedAsync(cancellationToken);
}
