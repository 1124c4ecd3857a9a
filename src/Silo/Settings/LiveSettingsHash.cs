using Gateway.Silo.Settings.Secrets;

namespace Gateway.Silo.Settings;

/// <summary>
/// Keeps the hash of the settings that are in force: a file that changed counts once it was taken over, and one that is read at the start
/// only counts as it was then.
/// </summary>
internal static class LiveSettingsHash
{
    /// <summary>Call once, when the cluster's secret is known.</summary>
    public static void Follow(GatewaySettings settings)
    {
        var gate = new Lock();
        var inForce = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var watched in settings.WatchedSecrets)
        {
            watched.Applied += text =>
            {
                lock (gate)
                {
                    inForce[watched.FilePath] = SecretFile.Trim(text);
                    Compute();
                }
            };
        }

        lock (gate)
        {
            Compute();
        }

        void Compute() =>
            settings.Node.SettingsHash = settings.Manifest.SettingsHash = SettingsHash.Compute(settings.Layers, settings.Home, settings.Cluster.Secret, Read);

        // No file is read a second time: the disk may hang, or hold what is not in force.
        string? Read(string path) => inForce.TryGetValue(path, out var known) ? known : inForce[path] = SecretFile.Read(path, out _);
    }
}
