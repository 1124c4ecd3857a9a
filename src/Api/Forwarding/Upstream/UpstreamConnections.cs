using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using Gateway.Api.Routing;
using Gateway.Grains.Manifests;
using Gateway.Grains.Network;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>One pool of connections for each origin.</summary>
/// <remarks>
/// HTTP/1.1 on purpose, also where h2 is offered: a connection carries one request, so that a lost one fails one request,
/// "closed before the answer" keeps its plain meaning, and closing it is the one cancellation that every upstream notices.
/// </remarks>
public sealed class UpstreamConnections : IDisposable
{
    /// <summary>Connections are renewed at this age, so that a changed DNS record is followed.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<PoolKey, HttpMessageInvoker> _pools = new();
    private readonly GuardedDialer _dialer;
    private readonly UpstreamProxyOptions _proxy;

    public UpstreamConnections(IOptions<ManifestOptions> manifests, IOptions<UpstreamProxyOptions> proxy)
    {
        _dialer = new GuardedDialer(new AddressPolicy(manifests.Value.AllowPrivateUpstreams));
        _proxy = proxy.Value;
    }

    public HttpMessageInvoker For(UpstreamTarget target, TimeSpan connectTimeout)
    {
        var key = new PoolKey(target.Origin.OriginalString, connectTimeout, target.CarriesSecret);
        return _pools.TryGetValue(key, out var pool) ? pool : Add(key, target.Origin);
    }

    public void Dispose()
    {
        foreach (var pool in _pools.Values)
        {
            pool.Dispose();
        }
    }

    private HttpMessageInvoker Add(PoolKey key, Uri origin)
    {
        var created = Create(key, origin);
        var kept = _pools.GetOrAdd(key, created);
        if (!ReferenceEquals(kept, created))
        {
            created.Dispose();
        }

        return kept;
    }

    private HttpMessageInvoker Create(PoolKey key, Uri origin)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = key.ConnectTimeout,
            MaxConnectionsPerServer = int.MaxValue,
            PooledConnectionLifetime = Lifetime,
            UseCookies = false,

            // An answer that nobody reads any more is closed at once instead of being read to its end.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
        };
        UseProxyOrGuard(handler, origin, key.CarriesSecret && origin.Scheme == Uri.UriSchemeHttp);
        return new HttpMessageInvoker(handler);
    }

    private void UseProxyOrGuard(SocketsHttpHandler handler, Uri origin, bool privateOnly)
    {
        if (_proxy.ProxyFor(origin) is { } proxy)
        {
            // The operator chose the proxy's address, and only the proxy resolves the upstream's name.
            handler.UseProxy = true;
            handler.Proxy = new WebProxy(proxy) { Credentials = _proxy.Credentials };
            return;
        }

        handler.UseProxy = false;
        handler.ConnectCallback = privateOnly ? _dialer.ConnectPrivatelyAsync : _dialer.ConnectAsync;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct PoolKey(string Origin, TimeSpan ConnectTimeout, bool CarriesSecret);
}
