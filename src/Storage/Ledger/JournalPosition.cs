namespace Gateway.Storage.Ledger;

/// <summary>How far the ledger has taken in the journal of one session.</summary>
/// <param name="Value">Everything before it is in the ledger; in the journal's own terms, rising.</param>
/// <param name="IsClosed">The session has ended, and nothing more of it will come.</param>
public sealed record JournalPosition(long Value, bool IsClosed);

/// <summary>A step of a session's position; the records that lie between go in with it.</summary>
public sealed record JournalStep(string Session, long From, long To)
{
    /// <summary>Not null: it is the last one. Sums of the session's charges as JSON, kept until <see cref="UsageLedger.SettleAsync"/>; empty: it has none.</summary>
    public string? Totals { get; init; }
}

/// <summary>A session that has ended, and whose totals the limits have not taken yet: <see cref="UsageLedger.FindTotalsAsync"/>.</summary>
public sealed record UnsettledSession(string Session, string Node);
