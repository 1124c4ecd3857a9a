using System.Net;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Upstreams;

/// <summary>The proxy of the settings for what is fetched beside upstreams. .NET's own would read the process environment alone, and knows no networks.</summary>
public sealed class OutboundProxy(UpstreamProxyOptions options) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => options.Credentials;
        set => throw new NotSupportedException();
    }

    public Uri? GetProxy(Uri destination) => options.ProxyFor(destination);

    public bool IsBypassed(Uri host) => options.ProxyFor(host) is null;
}
