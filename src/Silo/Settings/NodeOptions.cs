using System.Security.Cryptography;

namespace Gateway.Silo.Settings;

/// <summary>What belongs to this process alone.</summary>
public sealed class NodeOptions
{
    /// <summary>Absolute <c>DATA_DIR</c>.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>From <c>DATA_DIR/node-id</c>.</summary>
    public string NodeId { get; set; } = "";

    /// <summary>Of this life of the process: new at each start.</summary>
    public string Session { get; set; } = RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>Hash over the settings that must agree in the cluster; reveals none of them.</summary>
    public string SettingsHash { get; set; } = "";
}
