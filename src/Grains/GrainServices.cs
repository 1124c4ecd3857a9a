using System.Net;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Limits;
using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.Clock;
using Gateway.Grains.Limits.Sessions;
using Gateway.Grains.Manifests;
using Gateway.Grains.Manifests.Fetching;
using Gateway.Grains.Network;
using Gateway.Grains.Tokens;
using Gateway.Grains.Tokens.Globus;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gateway.Grains;

public static class GrainServices
{
    /// <summary>
    /// What the grains need, whoever runs them. The host adds <see cref="IProviderKeys"/>, <see cref="IProbeTargets"/>, <see cref="IStoreClock"/>,
    /// <see cref="INodeSessions"/> and <see cref="ISpendLedger"/>, fills <see cref="ManifestOptions"/> and <see cref="IntrospectionOptions"/>, and registers
    /// the grain storage <c>gateway</c>. Fetches go through its <see cref="IWebProxy"/>, if it has one.
    /// </summary>
    public static IServiceCollection AddGatewayGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<HostLookup>(Dns.GetHostAddressesAsync);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ManifestOptions>, ManifestOptionsValidator>());
        services.AddOptions<ManifestOptions>().ValidateOnStart();
        services.TryAddSingleton<EndpointProber>();
        services.TryAddSingleton<AuthorizationServer>();
        services.TryAddSingleton<GlobusGroups>();
        services.TryAddSingleton<TokenIntrospection>();
        services.TryAddSingleton<SiloClock>();
        services.TryAddSingleton<QuotaServices>();
        return services;
    }
}
