using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Errors;
using Gateway.Api.Health;
using Gateway.Api.Http;
using Gateway.Api.Routing;

namespace Gateway.Api.Models;

public static class ModelRoutes
{
    /// <summary>Every base that an OpenAI, Azure or FIRST client may be given.</summary>
    private static readonly string[] Bases =
        ["/v1", "", "/v1/v1", "/openai/v1", "/resource_server/v1", "/resource_server/{cluster}/{framework}/v1"];

    /// <summary><c>GET …/models</c> and <c>GET …/models/{id}</c>, where an id may hold slashes, escaped or not.</summary>
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        foreach (var root in Bases)
        {
            routes.MapRead(root + "/models", List).RequireCaller().AwaitStart();
            routes.MapRead(root + "/models/{**id}", Find).RequireCaller().AwaitStart();
            routes.RefuseOtherMethods(root + "/models");
            routes.RefuseOtherMethods(root + "/models/{**id}");
        }
    }

    private static IResult List(HttpContext context, Router router)
    {
        if (router.Current is not { } snapshot)
        {
            return new ErrorAnswer(GatewayErrors.NotReady());
        }

        var scope = Scope(context.Request.RouteValues);
        if (!IsKnown(snapshot, scope))
        {
            return new ErrorAnswer(RequestErrors.ClusterNotFound());
        }

        var models = VisibleModel.All(snapshot, context.GetCaller()!, scope).Select(ModelJson.Of);
        return new JsonAnswer(new ModelListJson([.. models]));
    }

    private static IResult Find(HttpContext context, Router router, string id)
    {
        if (router.Current is not { } snapshot)
        {
            return new ErrorAnswer(GatewayErrors.NotReady());
        }

        var scope = Scope(context.Request.RouteValues);
        if (!IsKnown(snapshot, scope))
        {
            return new ErrorAnswer(RequestErrors.ClusterNotFound());
        }

        var wanted = ReadRoutes.Unescaped(context, id).TrimEnd('/');
        return VisibleModel.Find(snapshot, wanted, context.GetCaller()!, scope) is { } model
            ? new JsonAnswer(ModelJson.Of(model))
            : new ErrorAnswer(GatewayErrors.ModelNotFound(wanted));
    }

    // From the path only: what a query calls so is nobody's business.
    private static ClusterScope? Scope(RouteValueDictionary path) =>
        path["cluster"] is string cluster && path["framework"] is string framework ? new ClusterScope(cluster, framework) : null;

    private static bool IsKnown(RoutingSnapshot snapshot, ClusterScope? scope) => scope is null || snapshot.Entries.Any(scope.Holds);
}
