namespace Orleans.Runtime.Membership;

/// <summary>Where the members of a cluster are listed. Its failures are exceptions of any type; each call is bounded by a second or so.</summary>
internal interface IMembershipStore
{
    /// <summary>How often a member renews its heartbeat; infinite where heartbeats are not needed.</summary>
    TimeSpan HeartbeatPeriod { get; }

    /// <summary>Reads all; first renews the heartbeat of one endpoint, if given.</summary>
    Task<MembershipTable> ReadAsync(IPEndPoint? heartbeat, CancellationToken cancellationToken);

    /// <summary>False: the table has changed since; read it and decide anew. The new version is max(previous + 1, unix ms).</summary>
    Task<bool> TryWriteAsync(MembershipWrite write, CancellationToken cancellationToken);
}
