namespace Gateway.Grains.Manifests.Fetching;

/// <summary>Looks at one manifest address.</summary>
internal interface IManifestFetcher
{
    /// <summary>A look takes no network.</summary>
    bool IsLocal { get; }

    /// <summary>Never throws but for cancellation; bounded in time and size.</summary>
    Task<FetchResult> FetchAsync(CacheValidators validators, CancellationToken cancellationToken);

    /// <summary>Cheap sign that the content may have changed since it was last asked; false where only a fetch can tell.</summary>
    Task<bool> HasChangedAsync(CancellationToken cancellationToken);
}
