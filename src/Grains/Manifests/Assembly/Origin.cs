namespace Gateway.Grains.Manifests.Assembly;

/// <summary>Scheme, host and port: what a provider key belongs to.</summary>
public static class Origin
{
    /// <summary><c>https://host:port</c>, lower case, port always stated.</summary>
    public static string Of(Uri url) => $"{url.Scheme}://{Host(url)}:{url.Port}".ToLowerInvariant();

    public static string Of(string url) => Of(new Uri(url));

    /// <summary>Compares what a person wrote (default port and trailing slash are optional) with an origin.</summary>
    public static bool Matches(string written, string origin) =>
        Uri.TryCreate(written, UriKind.Absolute, out var url) && url.Host.Length > 0 && string.Equals(Of(url), origin, StringComparison.Ordinal);

    private static string Host(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
}
