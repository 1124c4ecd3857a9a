using Gateway.Silo.Settings;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Engine;

/// <summary>Runs the grains on Microsoft Orleans.</summary>
internal static class ActorEngine
{
    public const string Name = "Orleans";

    public static void Use(IHostApplicationBuilder builder, ClusterOptions cluster) =>
        builder.UseOrleans(silo => silo.UseLocalhostClustering(serviceId: cluster.Id, clusterId: cluster.Id));
}
