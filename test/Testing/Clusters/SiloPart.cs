namespace Gateway.Testing.Clusters;

/// <summary>One silo.</summary>
public sealed class SiloPart(string name, string program, string healthOrigin, int siloPort, Dictionary<string, string> environment, string logFolder)
    : ClusterPart(name, program, healthOrigin, environment, logFolder)
{
    /// <summary>Where other processes call it.</summary>
    public int SiloPort { get; } = siloPort;

    /// <summary>How the membership names it, without its generation.</summary>
    public string Address => $"127.0.0.1:{SiloPort}";
}
