namespace Gateway.Api.Startup.Listeners;

internal static class ListenerExtensions
{
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(15);

    // Longer than the 60 to 120 s after which load balancers drop idle connections: whoever closes last meets no reset.
    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(130);

    /// <summary>Opens the addresses of the settings, with bounds on what a client may hold open or send.</summary>
    public static void AddListeners(this WebApplicationBuilder builder, Launch launch)
    {
        var http = launch.Settings.Http;
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls([.. ListenAddresses.All(http, launch.Demo)]);
        builder.WebHost.ConfigureKestrel(options =>
        {
            // Certificates are configured as everywhere in ASP.NET Core, below "Kestrel".
            options.Configure(builder.Configuration.GetSection("Kestrel"), reloadOnChange: false);
            options.AddServerHeader = false;
            options.AllowSynchronousIO = false;
            options.Limits.MaxRequestBodySize = http.MaxBodyBytes;
            options.Limits.MaxRequestHeadersTotalSize = 32 << 10;
            options.Limits.MaxRequestHeaderCount = 100;
            options.Limits.RequestHeadersTimeout = HeadersTimeout;
            options.Limits.KeepAliveTimeout = KeepAliveTimeout;
        });
    }
}
