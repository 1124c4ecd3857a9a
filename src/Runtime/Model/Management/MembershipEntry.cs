namespace Orleans;

/// <summary>A silo with what it says of itself.</summary>
[GenerateSerializer]
public sealed class MembershipEntry
{
    [Id(0)]
    public SiloAddress SiloAddress { get; set; } = null!;

    [Id(1)]
    public SiloStatus Status { get; set; }

    [Id(5)]
    public string SiloName { get; set; } = "";

    [Id(9)]
    public DateTime StartTime { get; set; }

    /// <summary>Its last heartbeat, UTC.</summary>
    [Id(10)]
    public DateTime IAmAliveTime { get; set; }
}
