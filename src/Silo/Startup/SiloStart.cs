using Gateway.Silo.Network;
using Gateway.Silo.Settings;

namespace Gateway.Silo.Startup;

/// <summary>What a silo decides before its host is built.</summary>
public static class SiloStart
{
    public const string AssemblyName = "Gateway.Silo";

    public static ProgramDescription Program { get; } = new("a silo of the cluster: it runs the grains that the front-ends share", "SILO_HTTP_URLS");

    /// <exception cref="StartException">The settings make no cluster, or there is no manifest to own.</exception>
    public static async Task PrepareAsync(GatewaySettings settings)
    {
        if (settings.Cluster.Redis is not { } redis)
        {
            throw new StartException("REDIS_URL is not set: a silo is a part of a cluster, whose members find each other there. To run everything in one process, start the front-end (src/Api) instead.");
        }

        if (settings.Manifest.Sources.IsEmpty)
        {
            throw new StartException("METIS_STATUS_URL is not set: set it to the address or path of your status manifest, the same on every silo and front-end.");
        }

        settings.Silo.Address ??= await SiloAddressFinder.FindAsync(redis, CancellationToken.None);
        settings.Node.DataDirectory = settings.DataDirectory;
        settings.Node.NodeId = $"{settings.Silo.Address}:{settings.Silo.Port}";
        LiveSettingsHash.Follow(settings);
    }
}
