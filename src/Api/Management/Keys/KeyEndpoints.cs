using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Errors;
using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

public static class KeyEndpoints
{
    /// <summary>Routes below <c>/admin/keys</c>: reading needs the role viewer, writing admin, since a key can carry any role.</summary>
    public static RouteGroupBuilder MapKeyManagement(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/keys").WithTags("keys");
        string[] read = [HttpMethods.Get, HttpMethods.Head];
        group.MapMethods("/", read, (KeyReading calls, HttpContext context) => GuardAsync(context, calls.ListAsync)).WithSummary("Lists API keys, without secrets").RequireRole(AdminRole.Viewer);
        group.MapMethods("/{id}", read, (KeyReading calls, HttpContext context) => GuardAsync(context, calls.GetAsync)).WithSummary("Shows one API key").RequireRole(AdminRole.Viewer);
        group.MapPost("/", (KeyWriting calls, HttpContext context) => GuardAsync(context, calls.CreateAsync)).WithSummary("Creates an API key; its text is shown this once").RequireRole(AdminRole.Admin);
        group.MapPatch("/{id}", (KeyWriting calls, HttpContext context) => GuardAsync(context, calls.ChangeAsync)).WithSummary("Changes fields of an API key").RequireRole(AdminRole.Admin);
        group.MapPost("/{id}/rotate", (KeyRotation rotation, IApiKeyStore store, HttpContext context) => GuardAsync(context, async _ =>
            await rotation.RotateAsync(context, await store.FindAsync(KeyReading.IdOf(context), context.RequestAborted), context.GetCaller()!.Subject))).WithSummary("Gives an API key a new text; the one before works for the overlap").RequireRole(AdminRole.Admin);
        group.MapDelete("/{id}", (KeyWriting calls, HttpContext context) => GuardAsync(context, calls.RevokeAsync)).WithSummary("Revokes an API key; 202 names nodes that have not confirmed, or says that descendants wait for a repetition").RequireRole(AdminRole.Admin);
        return group;
    }

    /// <summary>A database that is away is 503.</summary>
    internal static async Task GuardAsync(HttpContext context, Func<HttpContext, Task> call)
    {
        try
        {
            await call(context);
        }
        catch (StorageUnavailableException) when (!context.Response.HasStarted)
        {
            await ErrorWriter.WriteAsync(context, KeyErrors.StorageUnavailable());
        }
    }
}
