using Gateway.Silo.Settings;

namespace Gateway.Api.Startup.Listeners;

/// <summary>Lets the web pages of <c>GATEWAY_CORS_ORIGINS</c> call. Credentials are headers here, never cookies.</summary>
public static class CorsExtensions
{
    private static readonly string[] ExposedHeaders =
    [
        "x-request-id", "x-gateway-request-id", "x-gateway-attempts", "x-gateway-model", "retry-after",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];

    internal static void AddGatewayCors(this IServiceCollection services, HttpOptions options)
    {
        if (!options.CorsOrigins.IsEmpty)
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
                .WithOrigins([.. options.CorsOrigins])
                .AllowAnyHeader()
                .AllowAnyMethod()
                .WithExposedHeaders(ExposedHeaders)));
        }
    }

    /// <summary>Nothing at all while no origin is configured. Place it before every route.</summary>
    public static IApplicationBuilder UseGatewayCors(this IApplicationBuilder app, HttpOptions options) =>
        options.CorsOrigins.IsEmpty ? app : app.UseCors();
}
