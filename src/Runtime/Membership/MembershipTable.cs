namespace Orleans.Runtime.Membership;

/// <summary>The rows as they were read. Times are those of the store, so that no two clocks are ever compared.</summary>
internal sealed record MembershipTable(long Version, long Now, bool HasOtherEngine, ImmutableArray<SiloRow> Rows)
{
    public IEnumerable<SiloRow> Active => Rows.Where(row => row.Status == SiloStatus.Active);

    public SiloRow? Find(IPEndPoint endpoint) => Rows.FirstOrDefault(row => row.Endpoint.Equals(endpoint));

    public TimeSpan SilenceOf(SiloRow row) => Since(row.Heartbeat);

    public TimeSpan Since(long moment) => TimeSpan.FromMilliseconds(Now - moment);
}

/// <summary>Rows to store, if the table still has the version that they were decided on.</summary>
/// <param name="MinVersion">The new version is above it, too: what a process saw never comes back.</param>
/// <param name="Silent">Only if this row has had no heartbeat since it was read.</param>
internal sealed record MembershipWrite(long ExpectedVersion, long MinVersion, ImmutableArray<SiloRow> Rows, SiloRow? Silent = null)
{
    public ImmutableArray<IPEndPoint> Removed { get; init; } = [];

    /// <summary>Whose heartbeat is renewed with it: a row that came without one would look like that of a silo long silent.</summary>
    public IPEndPoint? Heartbeat { get; init; }
}
