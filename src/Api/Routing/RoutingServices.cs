using System.Security.Cryptography;
using Gateway.Api.Cluster;
using Gateway.Api.Http;
using Gateway.Api.Routing.Feed;
using Gateway.Api.Routing.Health;
using Gateway.Api.Routing.Retries;
using Gateway.Api.Routing.Upstreams;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Api.Routing;

public static class RoutingServices
{
    /// <summary>
    /// The router and what keeps it current. Needs <see cref="IGrainFactory"/>, provider credentials, node and cluster options, and readiness.
    /// </summary>
    public static IServiceCollection AddModelRouting(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<InFlightRequests>();
        services.TryAddSingleton<ClusterContact>();
        services.TryAddSingleton<GrainCallCounts>();
        services.AddSingleton<OutcomeQueue>();
        services.AddSingleton<IOutcomeListener>(provider => provider.GetRequiredService<OutcomeQueue>());
        services.AddSingleton<UpstreamTargets>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SnapshotBuilder>(provider, new Random(RandomNumberGenerator.GetInt32(int.MaxValue))));
        services.AddSingleton<RoutingState>();
        services.AddSingleton<RetryBudget>();
        services.AddSingleton<Router>();
        services.AddSingleton<IFeedObserver, FeedReadiness>();
        services.AddSingleton<FeedFollower>();
        services.AddHostedService(provider => provider.GetRequiredService<FeedFollower>());
        services.AddHostedService<HeartbeatSender>();
        services.AddHostedService<HealthReporter>();
        return services;
    }
}
