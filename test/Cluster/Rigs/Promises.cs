namespace Gateway.Cluster.Rigs;

/// <summary>What the design promises, with five times the time.</summary>
internal static class Promises
{
    /// <summary>A change is on every node in contact within a second.</summary>
    public static readonly TimeSpan Broadcast = TimeSpan.FromSeconds(5);

    /// <summary>Grains of a killed silo answer elsewhere within 2 s, of a hung one within 6 s.</summary>
    public static readonly TimeSpan Failover = TimeSpan.FromSeconds(30);
}
