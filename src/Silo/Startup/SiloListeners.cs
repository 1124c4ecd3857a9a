using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Startup;

internal static class SiloListeners
{
    // Moving the activations to other silos; what is left then is aborted and found again by its next call.
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(20);

    private const int MaxBodyBytes = 64 << 10;

    /// <summary>Opens <c>SILO_HTTP_URLS</c>, where only health is served: small bounds.</summary>
    public static void AddSiloListeners(this WebApplicationBuilder builder, SiloProcessOptions options)
    {
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls([.. options.HttpUrls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Configure(builder.Configuration.GetSection("Kestrel"), reloadOnChange: false);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Leaving);
    }

    public static void AddSiloBanner(this WebApplicationBuilder builder) => builder.Services.AddHostedService<SiloBanner>();
}
