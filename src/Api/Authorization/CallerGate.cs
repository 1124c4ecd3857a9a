using Gateway.Api.Authentication;
using Gateway.Api.Errors;

namespace Gateway.Api.Authorization;

/// <summary>Guards routes that every authenticated caller may use.</summary>
public static class CallerGate
{
    /// <summary>Answers 401 (or 503 while identities cannot be checked) without a valid credential; then <see cref="CallerFeature.GetCaller"/> finds the caller.</summary>
    public static TBuilder RequireCaller<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next)
            {
                endpoint.RequestDelegate = context => InvokeAsync(context, next);
            }
        });
        return builder;
    }

    private static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var authenticator = context.RequestServices.GetRequiredService<IAuthenticator>();
        var outcome = await authenticator.AuthenticateAsync(context, context.RequestAborted);
        if (outcome.Caller is not { } caller)
        {
            await ErrorWriter.WriteAsync(context, outcome.Error ?? GatewayErrors.Unauthenticated("The credential was not accepted."));
            return;
        }

        context.SetCaller(caller);
        await next(context);
    }
}
