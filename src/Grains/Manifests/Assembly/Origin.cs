using Gateway.Grains.Manifests.Parsing;

namespace Gateway.Grains.Manifests.Assembly;

/// <summary>Scheme, host and port: what a provider key belongs to.</summary>
public static class Origin
{
    /// <summary><c>https://host:port</c>, lower case, port always stated.</summary>
    public static string Of(Uri url) => $"{url.Scheme}://{Host(url)}:{url.Port}".ToLowerInvariant();

    public static string Of(string url) => Of(new Uri(url));

    /// <summary>Of what a person wrote: default port and trailing slash are optional. Null: it is no origin, or more than one.</summary>
    public static string? Parse(string? written) =>
        Uri.TryCreate(written, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && url.PathAndQuery == "/" && url.Fragment.Length == 0
            && HostName.IsValid(url) ? Of(url) : null;

    public static bool Matches(string written, string origin) => string.Equals(Parse(written), origin, StringComparison.Ordinal);

    private static string Host(Uri url) => url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
}
