using System.Net;
using Gateway.Grains.Network;

namespace Gateway.Grains.Manifests.Fetching;

/// <summary>Makes the fetcher that fits an address.</summary>
internal static class ManifestFetchers
{
    public static IManifestFetcher Create(ManifestSource source, TimeSpan timeout, TimeProvider time, Func<string?>? authorization = null, IWebProxy? proxy = null) =>
        source.Location.IsFile
            ? new FileManifestFetcher(source.Location.LocalPath, timeout, time)
            : new HttpManifestFetcher(source, timeout, new GuardedDialer(new AddressPolicy(allowPrivate: true)), time, authorization, proxy);

    /// <summary>The address without what may be secret in it.</summary>
    public static string DisplayLocation(ManifestSource source) =>
        source.Location.IsFile ? source.Location.LocalPath : source.Location.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
