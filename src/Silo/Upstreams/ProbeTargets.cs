using System.Net;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Silo.Upstreams;

/// <summary>Gives active probes what requests of the same entry carry: its newest key, its headers, its query, the proxy on its way.</summary>
public sealed class ProbeTargets(IProviderCredentials credentials, IOptions<UpstreamProxyOptions> proxy) : IProbeTargets
{
    public ProbeTarget? Find(ManifestEntry entry)
    {
        var credential = credentials.Find(entry.EndpointId);
        var needsKey = entry.Auth is not UpstreamAuth.None && credential is not { Keys.Length: 0, Headers.Count: > 0 };
        var key = needsKey ? credential?.Keys.FirstOrDefault() : null;
        if (needsKey && key is null)
        {
            return null;
        }

        var url = new Uri(entry.Url);
        return new ProbeTarget
        {
            Models = new EntryAddress(url, entry.Query).Of("models"),
            Headers = UpstreamHeaders.For(entry, credential, key),
            CarriesSecret = key is not null || credential is { Headers.Count: > 0 },
            Proxy = proxy.Value.ProxyFor(url) is { } address ? new WebProxy(address) { Credentials = proxy.Value.Credentials } : null,
        };
    }
}
