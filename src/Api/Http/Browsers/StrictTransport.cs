using System.Globalization;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Http.Browsers;

/// <summary>With <c>Gateway:Http:HstsSeconds</c>, browsers that came over TLS come only over TLS from then on (RFC 6797).</summary>
public static class StrictTransport
{
    /// <summary>Nothing at all unless it is set. Place it after the trusted proxies, who say whether there was TLS in front of them.</summary>
    public static IApplicationBuilder UseStrictTransport(this IApplicationBuilder app, HttpOptions options)
    {
        if (options.Hsts <= TimeSpan.Zero)
        {
            return app;
        }

        StringValues value = string.Create(CultureInfo.InvariantCulture, $"max-age={(long)options.Hsts.TotalSeconds}");
        return app.Use(next => context =>
        {
            if (context.Request.IsHttps)
            {
                context.Response.Headers.StrictTransportSecurity = value;
            }

            return next(context);
        });
    }
}
