namespace Gateway.Silo.Settings;

/// <summary>What all processes of one gateway share.</summary>
public sealed class ClusterOptions
{
    /// <summary><c>CLUSTER_ID</c>.</summary>
    public string Id { get; set; } = "gateway";

    /// <summary><c>CLUSTER_SECRET</c>, at least 32 characters; embedded mode makes one in <c>DATA_DIR/cluster-secret</c>.</summary>
    public string Secret { get; set; } = "";

    /// <summary><c>REDIS_URL</c>: where silos find each other; null: embedded mode, one process.</summary>
    public RedisLocation? Redis { get; set; }

    /// <summary>Silos and front-ends are processes of their own.</summary>
    public bool IsClusterMode => Redis is not null;

    /// <summary><c>Gateway:Cluster:AllowPlaintext</c>: an engine that proves no secret of its own may run without TLS between processes.</summary>
    public bool AllowPlaintext { get; set; }

    /// <summary><c>Gateway:Cluster:Tls</c>; null: no TLS between processes.</summary>
    public ClusterCertificates? Certificates { get; set; }
}
