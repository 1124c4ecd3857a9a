using Gateway.Silo.Settings;
using Microsoft.Extensions.Hosting;

namespace Gateway.Silo.Engine;

/// <summary>Runs the grains on the engine in <c>src/Runtime</c>.</summary>
internal static class ActorEngine
{
    public const string Name = "BuiltIn";

    public static void Use(IHostApplicationBuilder builder, ClusterOptions cluster) =>
        builder.UseOrleans(silo => silo.Configure<Orleans.Configuration.ClusterOptions>(options => options.ClusterId = options.ServiceId = cluster.Id));
}
