using Gateway.Silo;
using Gateway.Silo.DataDirectories;
using Gateway.Silo.Settings;

namespace Gateway.Api.Startup;

/// <summary>What is served when no manifest is configured.</summary>
public static class ServeMode
{
    /// <summary>True: the demo. A folder that once held a manifest never falls back to it: that would hide a lost setting.</summary>
    /// <exception cref="StartException">There is neither a manifest nor a demo.</exception>
    public static bool IsDemo(GatewaySettings settings, DataDirectory data)
    {
        if (!settings.Manifest.Sources.IsEmpty)
        {
            return false;
        }

        if (settings.Cluster.IsClusterMode)
        {
            throw new StartException("METIS_STATUS_URL is not set: set it to the address or path of your status manifest, the same on every silo and front-end.");
        }

        if (!settings.DemoAllowed)
        {
            throw new StartException("METIS_STATUS_URL is not set (and GATEWAY_DEMO=off): set it to the address or path of your status manifest.");
        }

        return data.HeldManifest
            ? throw new StartException($"METIS_STATUS_URL is not set, but {data.Path} has served a manifest before: set it again, or set DATA_DIR to a new folder for the demo.")
            : true;
    }
}
