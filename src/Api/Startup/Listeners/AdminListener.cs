using System.Collections.Frozen;
using Gateway.Api.Errors;
using Gateway.Api.SelfService;
using Gateway.Silo.Settings;

namespace Gateway.Api.Startup.Listeners;

/// <summary>With <c>GATEWAY_ADMIN_URLS</c> the routes of operators exist on those addresses only, and callers' own on the public ones only.</summary>
public static class AdminListener
{
    public static IApplicationBuilder UseAdminListener(this IApplicationBuilder app, HttpOptions options)
    {
        if (options.AdminUrls.IsEmpty)
        {
            return app;
        }

        var ports = options.AdminUrls.Select(ListenAddresses.PortOf).ToFrozenSet();
        var publicPorts = ListenAddresses.Public(options, demo: false).Select(ListenAddresses.PortOf).ToFrozenSet();
        return app.Use((context, next) => (OperatorPaths.Contains(context.Request.Path) ? ports : IsCallerPath(context.Request.Path) ? publicPorts : null)?.Contains(context.Connection.LocalPort) is not false
            ? next(context)
            : ErrorWriter.WriteAsync(context, GatewayErrors.UnknownRoute(context.Request.Method, context.Request.Path)));
    }

    private static bool IsCallerPath(PathString path) => path.StartsWithSegments(MeRoutes.Path, StringComparison.OrdinalIgnoreCase);
}
