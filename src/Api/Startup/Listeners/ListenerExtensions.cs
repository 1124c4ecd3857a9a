using System.Security.Authentication;
using Gateway.Api.Startup.Stopping;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gateway.Api.Startup.Listeners;

internal static class ListenerExtensions
{
    // What a body or an answer may take in any case, however small.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(60);

    /// <summary>Opens the addresses of the settings, with bounds on what a client may hold open or send.</summary>
    public static void AddListeners(this WebApplicationBuilder builder, Launch launch)
    {
        var http = launch.Settings.Http;
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls([.. ListenAddresses.All(http, launch.Demo)]);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.AllowSynchronousIO = false;
            options.Limits.MaxRequestBodySize = http.MaxBodyBytes;
            options.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            options.Limits.MaxRequestHeaderCount = 100;
            Bound(options.Limits, http.Clients);
            if (launch.Settings.Drain.Accept > TimeSpan.Zero)
            {
                options.ConfigureEndpointDefaults(listen => listen.UseLingering(TimeProvider.System));
            }

            options.ConfigureHttpsDefaults(https => Secure(https, http.Certificates));

            // ASP.NET Core's own settings, for certificates that are given there.
            options.Configure(builder.Configuration.GetSection("Kestrel"), reloadOnChange: false);
        });
    }

    private static void Bound(KestrelServerLimits limits, ClientLimits clients)
    {
        limits.MaxConcurrentConnections = clients.MaxConnections > 0 ? clients.MaxConnections : null;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.RequestHeadersTimeout = clients.HeadersTimeout;
        limits.KeepAliveTimeout = clients.KeepAlive;
        limits.MinRequestBodyDataRate = clients.MinRequestRate > 0 ? new MinDataRate(clients.MinRequestRate, Grace) : null;
        limits.MinResponseDataRate = clients.MinResponseRate > 0 ? new MinDataRate(clients.MinResponseRate, Grace) : null;
        limits.Http2.MaxStreamsPerConnection = clients.MaxStreams;
        limits.Http2.MaxRequestHeaderFieldSize = 32 << 10;

        // A client that vanished without a word would hold its streams, and their upstreams, until they end.
        limits.Http2.KeepAlivePingDelay = PingDelay;
    }

    private static void Secure(HttpsConnectionAdapterOptions https, ServerCertificates? certificates)
    {
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (certificates is null)
        {
            return;
        }

        https.ServerCertificateSelector = (_, _) => certificates.Current.TargetCertificate;
        https.OnAuthenticate = (_, tls) =>
        {
            // The selector alone would leave out the certificates between ours and its authority.
            tls.ServerCertificateSelectionCallback = null;
            tls.ServerCertificateContext = certificates.Current;
        };
    }
}
