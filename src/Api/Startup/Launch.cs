using Gateway.Silo.DataDirectories;
using Gateway.Silo.Settings;

namespace Gateway.Api.Startup;

/// <summary>Everything that is decided before the host is built.</summary>
/// <param name="Demo">Demo endpoints are served, since no manifest was ever configured.</param>
/// <param name="NewAdminKey">Made just now; shown once, on a terminal only.</param>
/// <param name="OnTerminal">A person watches; otherwise the output is a log.</param>
public sealed record Launch(GatewaySettings Settings, DataDirectory Data, bool Demo, string? NewAdminKey, bool OnTerminal)
{
    /// <summary>Opens the data directory and decides between a manifest and the demo.</summary>
    /// <exception cref="Gateway.Silo.StartException">The directory is taken, or there is nothing to serve.</exception>
    public static Launch Prepare(GatewaySettings settings, bool onTerminal)
    {
        var data = DataDirectory.Open(settings.DataDirectory);
        try
        {
            var demo = ServeMode.IsDemo(settings, data);
            var newAdminKey = NodeIdentity.Establish(settings, data);
            if (demo)
            {
                Api.Demo.DemoManifest.Configure(settings.Manifest, data);
            }

            return new Launch(settings, data, demo, newAdminKey, onTerminal);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }
}
