namespace Orleans.Runtime.Membership;

/// <summary>The newest view of this process.</summary>
internal sealed class ClusterViews : IClusterMembershipService
{
    private readonly Lock _gate = new();
    private volatile ClusterView _current = ClusterView.Empty;

    public ClusterView Current => _current;

    public ClusterMembershipSnapshot CurrentSnapshot
    {
        get
        {
            var view = Current;
            return new(
                view.Members.ToImmutableDictionary(member => member.Address, member => new ClusterMember(member.Address, member.Status, member.Name)),
                new(view.Version));
        }
    }

    /// <summary>Set by whoever can read the membership.</summary>
    public Func<long, CancellationToken, Task>? Reader { get; set; }

    /// <summary>Called after each change, one at a time.</summary>
    public Action<ClusterView>? Changed { get; set; }

    /// <summary>When the store was last read here, as a timestamp of this process's clock.</summary>
    public long LastRead { get; set; }

    public async ValueTask Refresh(MembershipVersion minimumVersion = default, CancellationToken cancellationToken = default)
    {
        if (Reader is { } reader && (minimumVersion == default || Current.Version < minimumVersion.Value))
        {
            await reader(minimumVersion.Value, cancellationToken);
        }
    }

    public void Publish(ClusterView view)
    {
        lock (_gate)
        {
            var previous = _current;
            if (view.Version < previous.Version || (view.Version == previous.Version && view.HasSameMembers(previous)))
            {
                return;
            }

            _current = view;
            previous.MarkReplaced();
            Changed?.Invoke(view);
        }
    }
}
