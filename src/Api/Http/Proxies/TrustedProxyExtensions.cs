using Gateway.Silo.Settings;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Http.Proxies;

/// <summary>Behind the proxies of <c>GATEWAY_TRUSTED_PROXIES</c> the caller's address and scheme are those that they name.</summary>
public static class TrustedProxyExtensions
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";

    /// <summary>Nothing at all while no proxy is trusted. Place it before everything that looks at the caller's address.</summary>
    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app, HttpOptions options)
    {
        if (options.TrustedProxies.IsEmpty)
        {
            return app;
        }

        var trusted = new TrustedProxies(options.TrustedProxies);
        return app.Use(next => context =>
        {
            Apply(context, trusted);
            return next(context);
        });
    }

    private static void Apply(HttpContext context, TrustedProxies trusted)
    {
        if (context.Connection.RemoteIpAddress is not { } peer || !trusted.Contains(peer))
        {
            return;
        }

        var headers = context.Request.Headers;
        if (headers.TryGetValue(For, out var callers))
        {
            context.Connection.RemoteIpAddress = ForwardedFor.Caller(peer, callers, trusted);
            context.Connection.RemotePort = 0;
        }

        if (headers.TryGetValue(Proto, out var schemes) && Scheme(schemes) is { } scheme)
        {
            context.Request.Scheme = scheme;
        }
    }

    // What the nearest proxy says; null: nothing that makes sense.
    private static string? Scheme(StringValues schemes)
    {
        var text = schemes[^1].AsSpan();
        var last = text[(text.LastIndexOf(',') + 1)..].Trim(" \t");
        return last.Equals("https", StringComparison.OrdinalIgnoreCase) ? "https" : last.Equals("http", StringComparison.OrdinalIgnoreCase) ? "http" : null;
    }
}
