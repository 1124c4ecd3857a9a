using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Authorization;
using Gateway.Api.Http;
using Gateway.Api.Management.Keys;

namespace Gateway.Api.SelfService;

/// <summary>What callers see and do for themselves: <c>/v1/me</c> and their own API keys.</summary>
public static class MeRoutes
{
    public const string Path = "/v1/me";

    public static IServiceCollection AddSelfService(this IServiceCollection services)
    {
        services.AddSingleton<OwnKeyRules>();
        services.AddSingleton<OwnKeys>();
        services.AddSingleton<OwnUsage>();
        return services;
    }

    public static void MapSelfService(this IEndpointRouteBuilder routes)
    {
        routes.MapRead(Path, async (HttpContext context, SubjectNames names, OwnUsage usage) =>
            new JsonAnswer(MeJson.Of(context.GetCaller()!, names) with { Usage = await usage.ReadAsync(context.GetCaller()!, context.RequestAborted) })).RequireCaller();
        routes.MapRead(Path + "/keys", (OwnKeys keys, HttpContext context) => KeyEndpoints.GuardAsync(context, keys.ListAsync)).RequireCaller();
        routes.MapPost(Path + "/keys", (OwnKeys keys, HttpContext context) => KeyEndpoints.GuardAsync(context, keys.CreateAsync)).RequireCaller();
        routes.MapPost(Path + "/keys/{id}/rotate", (OwnKeys keys, HttpContext context) => KeyEndpoints.GuardAsync(context, keys.RotateAsync)).RequireCaller();
        routes.MapDelete(Path + "/keys/{id}", (OwnKeys keys, HttpContext context) => KeyEndpoints.GuardAsync(context, keys.RevokeAsync)).RequireCaller();
        routes.RefuseOtherMethods(Path);
        routes.RefuseOtherMethods(Path + "/keys", "GET, HEAD, POST");
        routes.RefuseOtherMethods(Path + "/keys/{id}/rotate", "POST");
        routes.RefuseOtherMethods(Path + "/keys/{id}", "DELETE");
    }
}
