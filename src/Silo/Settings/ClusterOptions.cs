namespace Gateway.Silo.Settings;

/// <summary>What all processes of one gateway share.</summary>
public sealed class ClusterOptions
{
    /// <summary><c>CLUSTER_ID</c>.</summary>
    public string Id { get; set; } = "gateway";

    /// <summary><c>CLUSTER_SECRET</c>, at least 32 characters; embedded mode makes one in <c>DATA_DIR/cluster-secret</c>.</summary>
    public string Secret { get; set; } = "";
}
