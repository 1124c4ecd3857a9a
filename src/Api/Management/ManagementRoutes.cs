using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Cluster;
using Gateway.Api.Http;
using Gateway.Api.Management.Cluster;
using Gateway.Api.Management.Endpoints;
using Gateway.Api.Management.Manifest;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Api.Management;

public static class ManagementRoutes
{
    public static IServiceCollection AddManagement(this IServiceCollection services)
    {
        services.TryAddSingleton<GrainCallCounts>();
        services.AddSingleton<GrainReads>();
        services.AddSingleton<GrainWrites>();
        services.AddSingleton<EndpointReading>();
        services.AddSingleton<EndpointWriting>();
        services.AddSingleton<ManifestCalls>();
        services.AddSingleton<ClusterReading>();
        services.AddOpenApi();
        return services;
    }

    /// <summary><c>/admin/endpoints</c>, <c>/admin/manifest</c>, <c>/admin/cluster</c>, <c>/admin/silos</c> and the document that describes them.</summary>
    /// <remarks>An id in a path is percent-encoded.</remarks>
    public static RouteGroupBuilder MapManagement(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head])).RequireRole(AdminRole.Viewer);
        var admin = routes.MapGroup("/admin");
        MapEndpoints(admin);
        MapManifest(admin);
        MapCluster(admin);
        return admin;
    }

    private static void MapEndpoints(RouteGroupBuilder admin)
    {
        admin.MapRead("/endpoints", (string? limit, string? after, EndpointReading calls, CancellationToken cancellationToken) =>
            calls.ListAsync(limit, after, cancellationToken)).RequireRole(AdminRole.Viewer).WithTags("endpoints");
        admin.MapRead("/endpoints/{id}", (string id, HttpContext context, EndpointReading calls, CancellationToken cancellationToken) =>
            calls.GetAsync(ReadRoutes.Unescaped(context, id), cancellationToken)).RequireRole(AdminRole.Viewer).WithTags("endpoints");
        admin.MapRead("/endpoints/{id}/override", (string id, HttpContext context, EndpointReading calls) =>
            calls.GetOverride(ReadRoutes.Unescaped(context, id))).RequireRole(AdminRole.Viewer).WithTags("endpoints");
        admin.MapPut("/endpoints/{id}/override", (string id, HttpContext context, EndpointWriting calls, CancellationToken cancellationToken) =>
            calls.SetOverrideAsync(ReadRoutes.Unescaped(context, id), context, cancellationToken)).RequireRole(AdminRole.Operator).WithTags("endpoints");
        admin.MapDelete("/endpoints/{id}/override", (string id, HttpContext context, EndpointWriting calls, CancellationToken cancellationToken) =>
            calls.ClearOverrideAsync(ReadRoutes.Unescaped(context, id), context, cancellationToken)).RequireRole(AdminRole.Operator).WithTags("endpoints");

        // Sends a provider's key to another host: not for operators.
        admin.MapPut("/endpoints/{id}/origin", (string id, HttpContext context, EndpointWriting calls, CancellationToken cancellationToken) =>
            calls.ApproveOriginAsync(ReadRoutes.Unescaped(context, id), context, cancellationToken)).RequireRole(AdminRole.Admin).WithTags("endpoints");
        admin.RefuseOtherMethods("/endpoints");
        admin.RefuseOtherMethods("/endpoints/{id}");
        admin.RefuseOtherMethods("/endpoints/{id}/override", "GET, HEAD, PUT, DELETE");
        admin.RefuseOtherMethods("/endpoints/{id}/origin", "PUT");
    }

    private static void MapManifest(RouteGroupBuilder admin)
    {
        admin.MapRead("/manifest", (ManifestCalls calls, CancellationToken cancellationToken) =>
            calls.GetAsync(cancellationToken)).RequireRole(AdminRole.Viewer).WithTags("manifest");
        admin.MapPost("/manifest/refresh", (HttpContext context, ManifestCalls calls, CancellationToken cancellationToken) =>
            calls.RefreshAsync(context, cancellationToken)).RequireRole(AdminRole.Operator).WithTags("manifest");
        admin.RefuseOtherMethods("/manifest");
        admin.RefuseOtherMethods("/manifest/refresh", "POST");
    }

    private static void MapCluster(RouteGroupBuilder admin)
    {
        admin.MapRead("/cluster", (ClusterReading calls, CancellationToken cancellationToken) =>
            calls.GetAsync(cancellationToken)).RequireRole(AdminRole.Viewer).WithTags("cluster");
        admin.MapRead("/silos/{id}/grains", (string id, string? after, HttpContext context, ClusterReading calls, CancellationToken cancellationToken) =>
            calls.GetGrainsAsync(ReadRoutes.Unescaped(context, id), after, cancellationToken)).RequireRole(AdminRole.Viewer).WithTags("cluster");
        admin.RefuseOtherMethods("/cluster");
        admin.RefuseOtherMethods("/silos/{id}/grains");
    }
}
