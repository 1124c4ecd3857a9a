using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Sources;

/// <summary>What one look at a source found, read and parsed outside of any turn.</summary>
internal abstract record SourceLook
{
    private SourceLook()
    {
    }

    public static async Task<SourceLook> TakeAsync(
        IManifestFetcher fetcher, string cluster, KnownContent? known, HostResolver hosts, CancellationToken cancellationToken)
    {
        switch (await fetcher.FetchAsync(known?.Validators ?? CacheValidators.None, cancellationToken))
        {
            case FetchResult.Failed failed:
                return new Failed(failed.Error);
            case FetchResult.Fresh fresh:
                return await ReadAsync(fresh, cluster, known, hosts, cancellationToken);
            default:
                return new Unchanged(known!, await hosts.ResolveAsync(known!.Entries, cancellationToken));
        }
    }

    // Parsing 8 MiB takes long enough to be kept off the turns of the grain.
    private static async Task<SourceLook> ReadAsync(
        FetchResult.Fresh fresh, string cluster, KnownContent? known, HostResolver hosts, CancellationToken cancellationToken)
    {
        var digest = await Task.Run(() => Convert.ToHexString(SHA256.HashData(fresh.Content.Span)), cancellationToken);
        if (known is not null && known.Digest == digest)
        {
            return new Unchanged(known with { Validators = fresh.Validators }, await hosts.ResolveAsync(known.Entries, cancellationToken));
        }

        var parsed = await Task.Run(() => ManifestParser.Parse(fresh.Content, cluster), cancellationToken);
        return parsed.Error is { } error
            ? new Failed($"The manifest cannot be used: {error}.")
            : new Changed(
                parsed, new KnownContent(digest, fresh.Validators, parsed.Entries), await hosts.ResolveAsync(parsed.Entries, cancellationToken));
    }

    internal sealed record Failed(string Error) : SourceLook;

    internal sealed record Unchanged(KnownContent Content, ImmutableDictionary<string, ImmutableArray<IPAddress>> Addresses) : SourceLook;

    internal sealed record Changed(
        ParsedManifest Manifest, KnownContent Content, ImmutableDictionary<string, ImmutableArray<IPAddress>> Addresses) : SourceLook;
}

/// <summary>The document that was read last, to notice that it is the same again. A document that could not be read is never known.</summary>
internal sealed record KnownContent(string Digest, CacheValidators Validators, ImmutableArray<DraftEntry> Entries);
