using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Http;
using Gateway.Api.Management.Keys;

namespace Gateway.Api.Management.Usage;

/// <summary><c>/admin/usage</c>: sums, and single records. Role viewer.</summary>
public static class UsageRoutes
{
    private const string Path = "/admin/usage";

    public static IServiceCollection AddUsageManagement(this IServiceCollection services)
    {
        services.AddSingleton<UsageQueryReader>();
        services.AddSingleton<UsageNames>();
        services.AddSingleton<UsageReading>();
        services.AddSingleton<RecordReading>();
        return services;
    }

    public static void MapUsage(this IEndpointRouteBuilder routes)
    {
        routes.MapRead(Path, (UsageReading calls, HttpContext context) => KeyEndpoints.GuardAsync(context, calls.QueryAsync))
            .WithTags("usage").WithSummary("Sums of usage: from, to, group_by, filters, top, order; CSV by Accept: text/csv").RequireRole(AdminRole.Viewer);
        routes.MapRead(Path + "/records", (RecordReading calls, HttpContext context) => KeyEndpoints.GuardAsync(context, calls.ListAsync))
            .WithTags("usage").WithSummary("Single records, newest first: from, to, filters, limit, cursor; CSV by Accept: text/csv").RequireRole(AdminRole.Viewer);
        routes.MapRead(Path + "/records/{id}", (RecordReading calls, HttpContext context) => KeyEndpoints.GuardAsync(context, calls.GetAsync))
            .WithTags("usage").WithSummary("One record by the gateway's request id").RequireRole(AdminRole.Viewer);
        routes.RefuseOtherMethods(Path);
        routes.RefuseOtherMethods(Path + "/records");
        routes.RefuseOtherMethods(Path + "/records/{id}");
    }
}
