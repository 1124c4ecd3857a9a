namespace Gateway.Testing.Clusters;

/// <summary>What a cluster on this machine is made of.</summary>
public sealed record ClusterSetup
{
    public int Silos { get; init; } = 3;

    public int FrontEnds { get; init; } = 2;

    /// <summary>Put the load balancer of <c>infra/nginx</c> in front.</summary>
    public bool WithNginx { get; init; }

    /// <summary>Settings of every silo and front-end; they win over those of the rig.</summary>
    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>Text of the status manifest, a file that all silos watch; null: <see cref="Environment"/> names another.</summary>
    public string? Manifest { get; init; }

    /// <summary>Ports of the front-ends, their admin addresses, the silos' health and nginx, counted up from here; null: free ones.</summary>
    public int? FirstPort { get; init; }

    /// <summary>Folder for data and logs that outlives the cluster; null: a temporary one.</summary>
    public string? Folder { get; init; }
}
