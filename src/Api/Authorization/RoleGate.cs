using Gateway.Api.Authentication;
using Gateway.Api.Errors;

namespace Gateway.Api.Authorization;

/// <summary>Guards management routes by role.</summary>
public static class RoleGate
{
    /// <summary>
    /// Answers 401 without a valid credential and 403 without at least <paramref name="role"/>, before any part of the request is bound or read.
    /// The caller is then found by <see cref="CallerFeature.GetCaller"/>.
    /// </summary>
    /// <remarks>Wraps the endpoint's delegate because endpoint filters run after the body was parsed, which strangers must not cause.</remarks>
    public static TBuilder RequireRole<TBuilder>(this TBuilder builder, AdminRole role)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            endpoint.Metadata.Add(new RequiredRole(role));
            if (endpoint.RequestDelegate is { } next)
            {
                endpoint.RequestDelegate = context => InvokeAsync(context, role, next);
            }
        });
        return builder;
    }

    private static async Task InvokeAsync(HttpContext context, AdminRole role, RequestDelegate next)
    {
        if (context.GetCaller() is not { } caller)
        {
            var authenticator = context.RequestServices.GetRequiredService<IAuthenticator>();
            var outcome = await authenticator.AuthenticateAsync(context, context.RequestAborted);
            if (outcome.Caller is null)
            {
                await ErrorWriter.WriteAsync(context, outcome.Error ?? GatewayErrors.Unauthenticated("The credential was not accepted."));
                return;
            }

            caller = outcome.Caller;
            context.SetCaller(caller);
        }

        if (caller.Role is not { } held || held < role)
        {
            await ErrorWriter.WriteAsync(context, Refusal(caller.Role, role));
            return;
        }

        await next(context);
    }

    private static GatewayError Refusal(AdminRole? held, AdminRole needed)
    {
        var has = held is { } role ? $"has the role {AdminRoles.Name(role)}" : "has none";
        return new GatewayError(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "role_required", $"This call needs the role {AdminRoles.Name(needed)}; your credential {has}.");
    }
}
