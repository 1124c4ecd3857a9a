namespace Orleans.Runtime.Transport;

/// <summary>
/// What a process shows when it calls a silo: engine and cluster in the clear, and a signature over them and the silo's advertised
/// address. So a signature that somebody made a process send to another address is worth nothing elsewhere.
/// </summary>
internal sealed class CallCredentials(ClusterSecret secret, IOptions<ClusterOptions> cluster)
{
    public const string ClusterHeader = "x-cluster";
    public const string SignatureHeader = "x-cluster-signature";

    /// <summary>Differs between engines, clusters and versions of the protocol that do not understand each other.</summary>
    public string Cluster { get; } = $"BuiltIn/1/{cluster.Value.ClusterId}";

    public string SignatureFor(IPEndPoint silo) => secret.Sign($"call|{Cluster}|{silo}");

}
