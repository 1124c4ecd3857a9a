namespace Gateway.Testing.Clusters.Ledger;

/// <summary>How large a ledger run is.</summary>
public sealed record LedgerPlan
{
    /// <summary>Of all kinds, while parts of the cluster are killed.</summary>
    public required int Calls { get; init; }

    /// <summary>Made at each of two front-ends that cannot bring them to the database and then are lost.</summary>
    public required int Unshipped { get; init; }

    /// <summary>Front-end killed, silo killed, PostgreSQL restarted, by turns; at least one round.</summary>
    public int Faults { get; init; } = 3;

    public int Callers { get; init; } = 20;

    /// <summary>How long a caller stays with what does not end by itself.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(100);
}
