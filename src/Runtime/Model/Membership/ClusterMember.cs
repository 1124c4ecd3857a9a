namespace Orleans.Runtime;

/// <summary>A silo as a member of its cluster.</summary>
public sealed class ClusterMember(SiloAddress siloAddress, SiloStatus status, string name)
{
    public SiloAddress SiloAddress { get; } = siloAddress;

    public SiloStatus Status { get; } = status;

    public string Name { get; } = name;

    public override string ToString() => $"{SiloAddress}/{Name}/{Status}";
}
