namespace Gateway.Grains.Network;

/// <summary>
/// Whether this silo can read who the members are. One that cannot keeps its last view and answers on: to nodes that were cut off together
/// with it that looks like the cluster, while the rest has long chosen other owners.
/// </summary>
/// <param name="membership">Null: one process, which has no membership.</param>
internal sealed class MembershipReading(IClusterMembershipService? membership, TimeProvider time)
{
    /// <summary>Looks come once a second, and one may be slow.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    private long? _readAt;
    private Task _look = Task.CompletedTask;

    public bool IsFresh => membership is null || (_readAt is { } at && time.GetElapsedTime(at) <= FreshFor);

    /// <summary>Call once a second. Returns at once; one look at a time.</summary>
    public void Look() => _look = membership is null || !_look.IsCompleted ? _look : LookAsync(membership);

    private async Task LookAsync(IClusterMembershipService members)
    {
        var begun = time.GetTimestamp();
        try
        {
            using var bound = new CancellationTokenSource(Bound, time);
            await members.Refresh(default, bound.Token);
            _readAt = begun;
        }
        catch (Exception)
        {
            // The engine says in the log what it cannot reach.
        }
    }
}
