namespace Orleans.Runtime.Membership;

/// <summary>The cluster at one version, as one process sees it, and who owns which grain: rendezvous hashing.</summary>
internal sealed class ClusterView
{
    private readonly (ulong Hash, SiloAddress Silo)[] _owners;
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClusterView(long version, ImmutableArray<ViewMember> members)
    {
        Version = version;
        Members = members;
        _owners = [.. members.Where(member => member.IsOwner).Select(member => (StableHash.Of(member.Address.ToParsableString()), member.Address))];
    }

    public static ClusterView Empty => new(0, []);

    public long Version { get; }

    public ImmutableArray<ViewMember> Members { get; }

    public IEnumerable<SiloAddress> Owners => _owners.Select(owner => owner.Silo);

    /// <summary>Completes when a newer view has come.</summary>
    public Task Replaced => _replaced.Task;

    public void MarkReplaced() => _replaced.TrySetResult();

    public bool HasOwner(SiloAddress silo) => Array.Exists(_owners, owner => owner.Silo.Equals(silo));

    /// <summary>
    /// The member whose hash, mixed with the grain's, is the largest; null when no member is active. When a silo joins or goes, only its own
    /// grains move. Grains of the engine that belong to one silo have its address as key.
    /// </summary>
    public SiloAddress? OwnerOf(GrainId grain)
    {
        if (grain.Type == Management.SiloControlGrain.Type)
        {
            return SiloAddress.TryParse(grain.Key.ToString(), out var silo) && HasOwner(silo) ? silo : null;
        }

        var hash = StableHash.Of(grain);
        SiloAddress? owner = null;
        var highest = 0UL;
        foreach (var (memberHash, silo) in _owners)
        {
            var score = StableHash.Mix(hash ^ memberHash);
            if (owner is null || score > highest)
            {
                (owner, highest) = (silo, score);
            }
        }

        return owner;
    }

    public bool HasSameMembers(ClusterView other) => Members.SequenceEqual(other.Members);
}

/// <param name="IsOwner">Whether it owns grains: active, and known to live or not yet missed for long.</param>
internal sealed record ViewMember(SiloAddress Address, SiloStatus Status, string Name, bool IsOwner)
{
    public DateTimeOffset Started { get; init; }

    /// <summary>Since its last heartbeat, when the view was made.</summary>
    public TimeSpan Silence { get; init; }

    // What changes all the time does not make another view.
    public bool Equals(ViewMember? other) => other is not null && Address.Equals(other.Address) && (Status, Name, IsOwner) == (other.Status, other.Name, other.IsOwner);

    public override int GetHashCode() => Address.GetHashCode();
}
