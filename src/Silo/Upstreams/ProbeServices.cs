using Gateway.Grains.Endpoints.Probes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Silo.Upstreams;

public static class ProbeServices
{
    /// <summary>What the grains that probe endpoints need of the settings.</summary>
    public static IServiceCollection AddProbeTargets(this IServiceCollection services)
    {
        services.TryAddSingleton<IProbeTargets, ProbeTargets>();
        return services;
    }
}
