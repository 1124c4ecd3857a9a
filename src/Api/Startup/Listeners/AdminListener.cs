using System.Collections.Frozen;
using Gateway.Api.Errors;
using Gateway.Silo.Settings;

namespace Gateway.Api.Startup.Listeners;

/// <summary>With <c>GATEWAY_ADMIN_URLS</c> the routes of operators exist on those addresses only.</summary>
public static class AdminListener
{
    private static readonly PathString[] OperatorPaths = ["/admin", "/dashboard", "/metrics", "/openapi"];

    public static IApplicationBuilder UseAdminListener(this IApplicationBuilder app, HttpOptions options)
    {
        if (options.AdminUrls.IsEmpty)
        {
            return app;
        }

        var ports = options.AdminUrls.Select(ListenAddresses.PortOf).ToFrozenSet();
        return app.Use((context, next) => ports.Contains(context.Connection.LocalPort) || !IsOperatorPath(context.Request.Path)
            ? next(context)
            : ErrorWriter.WriteAsync(context, GatewayErrors.UnknownRoute(context.Request.Method, context.Request.Path)));
    }

    // Azure's client base "/openai/…" must not be caught, hence whole segments.
    private static bool IsOperatorPath(PathString path) => OperatorPaths.Any(operatorPath => path.StartsWithSegments(operatorPath, StringComparison.OrdinalIgnoreCase));
}
