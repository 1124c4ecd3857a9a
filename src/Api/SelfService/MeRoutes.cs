using Gateway.Api.Admission.Subjects;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Authorization;
using Gateway.Api.Errors;
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
        services.AddSingleton<MeLimits>();
        return services;
    }

    public static void MapSelfService(this IEndpointRouteBuilder routes)
    {
        routes.MapRead(Path, MeAsync).RequireCaller();
        routes.MapRead(Path + "/keys", (OwnKeys keys, HttpContext context) => KeyEndpoints.GuardAsync(context, keys.ListAsync)).RequireCaller();
        routes.MapPost(Path + "/keys", (OwnKeys keys, HttpContext context) => KeyEndpoints.GuardAsync(context, keys.CreateAsync)).RequireCaller();
        routes.MapPost(Path + "/keys/{id}/rotate", (OwnKeys keys, HttpContext context) => KeyEndpoints.GuardAsync(context, keys.RotateAsync)).RequireCaller();
        routes.MapDelete(Path + "/keys/{id}", (OwnKeys keys, HttpContext context) => KeyEndpoints.GuardAsync(context, keys.RevokeAsync)).RequireCaller();
        routes.RefuseOtherMethods(Path);
        routes.RefuseOtherMethods(Path + "/keys", "GET, HEAD, POST");
        routes.RefuseOtherMethods(Path + "/keys/{id}/rotate", "POST");
        routes.RefuseOtherMethods(Path + "/keys/{id}", "DELETE");
    }

    private static async Task<IResult> MeAsync(HttpContext context, SubjectNames names, MeLimits limits, OwnUsage usage)
    {
        var caller = context.GetCaller()!;
        var project = context.Request.Headers.TryGetValue(SubjectResolver.ProjectHeader, out var named) ? named.ToString() : null;
        var used = usage.ReadAsync(caller, context.RequestAborted);
        var (quota, error) = await limits.ReadAsync(caller, project, context.RequestAborted);
        var ownUsage = await used;
        return quota is null ? new ErrorAnswer(error!) : new JsonAnswer(MeJson.Of(caller, names, quota) with { Usage = ownUsage });
    }
}
