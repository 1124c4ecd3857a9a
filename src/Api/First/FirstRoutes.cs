using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Errors;
using Gateway.Api.Health;
using Gateway.Api.Http;
using Gateway.Api.Routing;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.First;

/// <summary>The listings of a FIRST gateway.</summary>
public static class FirstRoutes
{
    public static void MapFirst(this IEndpointRouteBuilder routes)
    {
        var root = routes.MapGroup("/resource_server");
        root.MapRead("/health", () => new JsonAnswer(new { Status = "ok" }));
        root.MapRead("/status", (Router router) => new JsonAnswer(FirstListings.Status(router.Current)));
        root.MapRead("/whoami", Whoami).RequireCaller();
        root.MapRead("/list-endpoints", ListEndpoints).RequireCaller().AwaitStart();
        root.MapRead("/{cluster}/jobs", Jobs).RequireCaller().AwaitStart();
        root.MapRead("/{cluster}/models", Models).RequireCaller().AwaitStart();
        foreach (var pattern in (string[])["/health", "/status", "/whoami", "/list-endpoints", "/{cluster}/jobs", "/{cluster}/models"])
        {
            root.RefuseOtherMethods(pattern);
        }
    }

    private static JsonAnswer Whoami(HttpContext context, IOptions<IdentityOptions> identity) =>
        new(WhoamiJson.Of(context.GetCaller()!, identity.Value.DefaultIssuer));

    private static IResult ListEndpoints(HttpContext context, Router router) =>
        router.Current is { } snapshot
            ? new JsonAnswer(FirstListings.Clusters(snapshot, context.GetCaller()!))
            : new ErrorAnswer(GatewayErrors.NotReady());

    private static IResult Jobs(HttpContext context, Router router, string cluster) =>
        InCluster(router, cluster, snapshot => new JsonAnswer(FirstListings.Jobs(snapshot, context.GetCaller()!, cluster)));

    private static IResult Models(HttpContext context, Router router, string cluster, [Microsoft.AspNetCore.Mvc.FromQuery(Name = "model_id")] string? modelId) =>
        InCluster(router, cluster, snapshot =>
        {
            var models = FirstListings.Models(snapshot, context.GetCaller()!, cluster)
                .Where(model => modelId is null || model.Id == modelId)
                .ToArray();
            return modelId is not null && models.Length == 0 ? new ErrorAnswer(EndpointNotFound()) : new JsonAnswer(models);
        });

    private static IResult InCluster(Router router, string cluster, Func<RoutingSnapshot, IResult> answer) =>
        router.Current is not { } snapshot ? new ErrorAnswer(GatewayErrors.NotReady())
        : snapshot.Entries.Any(entry => entry.Cluster == cluster) ? answer(snapshot)
        : new ErrorAnswer(RequestErrors.ClusterNotFound());

    private static GatewayError EndpointNotFound() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "endpoint_not_found", "This cluster has no such model, or you do not have access to it.") { Param = "model_id" };
}
