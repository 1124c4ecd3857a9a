using Gateway.Api.Http;
using Gateway.Silo.Settings;

namespace Gateway.Api.Startup.Listeners;

/// <summary>Lets the web pages of <c>GATEWAY_CORS_ORIGINS</c> call. Credentials are headers here, never cookies.</summary>
public static class CorsExtensions
{
    // Of a preflight's answer; browsers keep it no longer than two hours anyway.
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    private static readonly string[] ExposedHeaders =
    [
        GatewayHeaders.RequestId, GatewayHeaders.GatewayRequestId, GatewayHeaders.Attempts, GatewayHeaders.OverheadMs, GatewayHeaders.Model,
        GatewayHeaders.ProcessingMs, GatewayHeaders.UpstreamRequestId, GatewayHeaders.ShouldRetry, "request-id", "retry-after",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
        GatewayHeaders.BudgetWarning,
    ];

    internal static void AddGatewayCors(this IServiceCollection services, HttpOptions options)
    {
        if (!options.CorsOrigins.IsEmpty)
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
                .WithOrigins([.. options.CorsOrigins])
                .AllowAnyHeader()
                .AllowAnyMethod()
                .WithExposedHeaders(ExposedHeaders)
                .SetPreflightMaxAge(PreflightAge)));
        }
    }

    /// <summary>
    /// Nothing at all while no origin is configured, and never on operators' routes: an admin's key does not belong into a page. Place it
    /// before every route.
    /// </summary>
    public static IApplicationBuilder UseGatewayCors(this IApplicationBuilder app, HttpOptions options) =>
        options.CorsOrigins.IsEmpty ? app : app.UseWhen(context => !OperatorPaths.Contains(context.Request.Path), callers => callers.UseCors());
}
