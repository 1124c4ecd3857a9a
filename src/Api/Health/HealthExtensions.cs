namespace Gateway.Api.Health;

public static class HealthExtensions
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddHostedService<KeysReadinessReporter>();
        return services;
    }
}
