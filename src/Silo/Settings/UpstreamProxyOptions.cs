using System.Collections.Immutable;
using System.Net;

namespace Gateway.Silo.Settings;

/// <summary>The proxy that https upstreams, and what else the gateway fetches by https, are dialled through (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>). Its printed form shows no credentials.</summary>
public sealed class UpstreamProxyOptions
{
    /// <summary>Address without user info; null: no proxy.</summary>
    public Uri? Address { get; set; }

    /// <summary>From the user info of <c>HTTPS_PROXY</c>.</summary>
    public NetworkCredential? Credentials { get; set; }

    /// <summary>Parts of <c>NO_PROXY</c>: a name (with its subdomains), <c>.suffix</c>, address, network such as <c>10.0.0.0/8</c>, or <c>*</c>.</summary>
    public ImmutableArray<string> Exceptions { get; set; } = [];

    /// <summary>Null: dial the upstream directly. Only https goes through the proxy, loopback never does.</summary>
    public Uri? ProxyFor(Uri upstream) =>
        upstream.Scheme != Uri.UriSchemeHttps || upstream.IsLoopback || Exceptions.Any(exception => Covers(exception, upstream)) ? null : Address;

    public override string ToString() => Address?.ToString() ?? "none";

    private static bool Covers(string exception, Uri upstream)
    {
        if (exception == "*")
        {
            return true;
        }

        var host = upstream.IdnHost.Trim('[', ']');
        if (IPNetwork.TryParse(exception, out var network))
        {
            return IPAddress.TryParse(host, out var address) && network.Contains(address);
        }

        var (name, port) = SplitPort(exception);
        if (port is not null && port != upstream.Port)
        {
            return false;
        }

        var suffix = name.TrimStart('*').TrimStart('.');
        return suffix.Length > 0 && (host.Equals(suffix, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + suffix, StringComparison.OrdinalIgnoreCase));
    }

    private static (string Name, int? Port) SplitPort(string exception)
    {
        var colon = exception.LastIndexOf(':');
        return colon > 0 && exception.IndexOf(':', StringComparison.Ordinal) == colon && int.TryParse(exception.AsSpan(colon + 1), out var port)
            ? (exception[..colon], port)
            : (exception.Trim('[', ']'), null);
    }
}
