namespace Orleans.Runtime;

/// <summary>
/// The cluster as this process sees it. In a silo that is not yet a member, and in a client that knows no silo, the snapshot is empty or
/// names other silos only: a silo is ready when its own status is Active.
/// </summary>
public interface IClusterMembershipService
{
    ClusterMembershipSnapshot CurrentSnapshot { get; }

    /// <summary>Reads the membership anew unless the snapshot has at least this version. Fails, or leaves the old one, if it cannot be read.</summary>
    ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default);
}
