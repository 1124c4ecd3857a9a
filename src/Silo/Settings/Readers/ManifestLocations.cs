using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Grains.Manifests;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings.Readers;

/// <summary>
/// Parses <c>METIS_STATUS_URL</c>: one address, or a list <c>name=address</c> separated by commas, semicolons or blanks
/// (write a comma inside an address as %2C).
/// </summary>
internal static partial class ManifestLocations
{
    public const string DefaultCluster = "metis";
    private const int MaxSources = 64;

    /// <returns>The error of the first bad part, or null.</returns>
    public static string? TryParse(string text, HomeFolder home, out ImmutableArray<ManifestSource> sources)
    {
        sources = [];
        var parts = NamedAddress().IsMatch(text)
            ? text.Split([',', ';', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [$"{DefaultCluster}={text}"];
        if (parts.Length > MaxSources)
        {
            return $"names more than {MaxSources} manifests";
        }

        foreach (var part in parts)
        {
            var match = NamedAddress().Match(part);
            if (!match.Success)
            {
                return "is a list of which one part is not name=address";
            }

            var name = match.Groups["name"].Value;
            if (ClusterName.IsTaken(name) || sources.Any(source => source.Name == name))
            {
                return ClusterName.IsTaken(name) ? $"uses the cluster name {name}, which is taken by a route" : $"uses the cluster name {name} twice";
            }

            if (Source(name, part[match.Length..].Trim(), home) is not { } source)
            {
                return $"is not an address for cluster {name}: give http://…, https://…, file:///… or the path of a file";
            }

            sources = sources.Add(source);
        }

        return null;
    }

    private static ManifestSource? Source(string name, string address, HomeFolder home)
    {
        if (address.Length == 0)
        {
            return null;
        }

        if (!address.Contains("://", StringComparison.Ordinal))
        {
            return new ManifestSource(name, new UriBuilder(Uri.UriSchemeFile, "") { Path = home.Resolve(address) }.Uri, null);
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https" or "file"))
        {
            return null;
        }

        if (uri.IsFile)
        {
            return uri.IsLoopback && uri.LocalPath.Length > 1 ? new ManifestSource(name, uri, null) : null;
        }

        if (uri.Host.Length == 0)
        {
            return null;
        }

        var bare = new UriBuilder(uri) { UserName = "", Password = "", Fragment = "" }.Uri;
        return new ManifestSource(name, bare, uri.UserInfo.Length == 0 ? null : Basic(uri.UserInfo));
    }

    private static string Basic(string userInfo)
    {
        var credentials = userInfo.Contains(':', StringComparison.Ordinal) ? userInfo : userInfo + ":";
        return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(credentials)));
    }

    [GeneratedRegex(@"^\s*(?<name>[a-z0-9][a-z0-9_-]{0,62})=", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 100)]
    private static partial Regex NamedAddress();
}
