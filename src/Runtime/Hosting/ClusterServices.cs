using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Orleans.Hosting;

/// <summary>What a process needs to be one of several.</summary>
internal static class ClusterServices
{
    public static void Add(IServiceCollection services) => ProcessServices.AddOptions<ClusterTransportOptions>(services);
}
