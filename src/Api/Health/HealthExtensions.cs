using Gateway.Silo.Health;

namespace Gateway.Api.Health;

public static class HealthExtensions
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services.AddSingleton<Readiness>().AddSingleton<IReadiness>(provider => provider.GetRequiredService<Readiness>());

    /// <summary>Readiness waits for the API keys and shows when they cannot be kept current. Needs the identity services.</summary>
    public static IServiceCollection AddKeysReadiness(this IServiceCollection services) => services.AddHostedService<KeysReadinessReporter>();
}
