namespace Gateway.Grains.Manifests.Fetching;

/// <summary>How one look at a source went.</summary>
internal abstract record FetchResult
{
    private FetchResult()
    {
    }

    internal sealed record Fresh(ReadOnlyMemory<byte> Content, CacheValidators Validators) : FetchResult;

    /// <summary>The source confirmed what it said last.</summary>
    internal sealed record NotModified : FetchResult;

    /// <param name="Error">Sentence for log and listing; holds no secret.</param>
    internal sealed record Failed(string Error) : FetchResult;
}

/// <summary>What makes the next request conditional.</summary>
internal sealed record CacheValidators(string? ETag, DateTimeOffset? LastModified)
{
    public static readonly CacheValidators None = new(null, null);

    public bool IsEmpty => ETag is null && LastModified is null;
}
