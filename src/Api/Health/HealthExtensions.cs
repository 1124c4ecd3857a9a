using Gateway.Api.Routing.Feed;

namespace Gateway.Api.Health;

public static class HealthExtensions
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddSingleton<FeedReadiness>();
        services.AddSingleton<IFeedObserver>(provider => provider.GetRequiredService<FeedReadiness>());
        services.AddHostedService(provider => provider.GetRequiredService<FeedReadiness>());
        return services;
    }
}
