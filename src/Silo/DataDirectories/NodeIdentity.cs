using Gateway.Silo.Settings;

namespace Gateway.Silo.DataDirectories;

/// <summary>Completes the settings with what the data directory keeps.</summary>
public static class NodeIdentity
{
    /// <returns>The admin key if it was made just now, to be shown once; otherwise null.</returns>
    public static string? Establish(GatewaySettings settings, DataDirectory directory)
    {
        settings.Node.DataDirectory = directory.Path;
        settings.Node.NodeId = directory.ReadOrCreateNodeId();
        if (settings.Cluster.Secret.Length == 0)
        {
            settings.Cluster.Secret = directory.ReadOrCreateClusterSecret();
        }

        LiveSettingsHash.Follow(settings);
        if (settings.Identity.AdminKey.Length > 0)
        {
            return null;
        }

        var (key, created) = directory.ReadOrCreateAdminKey();
        settings.Identity.AdminKey = key;
        settings.AdminKeyIsMade = true;
        return created ? key : null;
    }
}
