using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Silo.Settings;
using Gateway.Silo.Upstreams;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Routing.Upstreams;

/// <summary>Makes an entry's targets: one for each key of its account.</summary>
public sealed class UpstreamTargets(IProviderCredentials credentials, IOptions<ClusterOptions> cluster)
{
    private readonly Lazy<byte[]> fingerprintKey = new(() => KeyFingerprint.DeriveKey(cluster.Value.Secret));

    public long CredentialsVersion => credentials.Version;

    /// <summary>Newest key first. Empty: the entry needs a key and none is configured, so nothing may be sent.</summary>
    public ImmutableArray<UpstreamTarget> For(ManifestEntry entry)
    {
        var credential = credentials.Find(entry.EndpointId);
        var url = new Uri(entry.Url);
        var addresses = UpstreamAddress.ForOperations(url, entry.Query);
        var secrets = UpstreamSecrets.Of(entry, credential, url);
        if (entry.Auth is UpstreamAuth.None || credential is { Keys.Length: 0, Headers.Count: > 0 })
        {
            return [Target(entry, credential, url, addresses, secrets, key: null, hasNext: false)];
        }

        if (credential is null)
        {
            return [];
        }

        var keys = credential.Keys;
        var targets = ImmutableArray.CreateBuilder<UpstreamTarget>(keys.Length);
        for (var i = 0; i < keys.Length; i++)
        {
            targets.Add(Target(entry, credential, url, addresses, secrets, keys[i], i + 1 < keys.Length));
        }

        return targets.ToImmutable();
    }

    private UpstreamTarget Target(
        ManifestEntry entry, ProviderCredential? credential, Uri url, Uri[] addresses, string[] secrets, string? key, bool hasNext) => new()
    {
        Origin = new Uri(url.GetLeftPart(UriPartial.Authority)),
        Addresses = addresses,
        Headers = UpstreamHeaders.For(entry, credential, key),
        KeyFingerprint = key is null ? null : KeyFingerprint.Of(key, fingerprintKey.Value),
        CarriesSecret = key is not null || credential is { Headers.Count: > 0 },
        HasNextKey = hasNext,
        Secrets = secrets,
        Keys = credential is null ? [] : [.. credential.Keys],
    };
}
