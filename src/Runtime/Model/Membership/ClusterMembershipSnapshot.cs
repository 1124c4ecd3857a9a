namespace Orleans.Runtime;

/// <summary>The members of the cluster at one version.</summary>
public sealed class ClusterMembershipSnapshot(ImmutableDictionary<SiloAddress, ClusterMember> members, MembershipVersion version)
{
    public ImmutableDictionary<SiloAddress, ClusterMember> Members { get; } = members;

    public MembershipVersion Version { get; } = version;

    /// <summary>None for a silo that was never heard of; Dead also for one whose successor on the same endpoint is a member.</summary>
    public SiloStatus GetSiloStatus(SiloAddress silo)
    {
        if (Members.TryGetValue(silo, out var member))
        {
            return member.Status;
        }

        return Members.Keys.Any(other => other.Endpoint.Equals(silo.Endpoint) && other.Generation > silo.Generation) ? SiloStatus.Dead : SiloStatus.None;
    }
}
