namespace Gateway.Testing.Clusters.Ledger;

/// <summary>What becomes of a call of a ledger run.</summary>
public enum TaggedKind
{
    Unary,
    Stream,

    /// <summary>The first upstream answers 500.</summary>
    FailsOver,

    /// <summary>The first upstream's stream begins with an error, which tells a usage.</summary>
    FailsOverWithUsage,

    /// <summary>Every upstream answers 500.</summary>
    FailsEverywhere,

    /// <summary>A stream that goes on until the caller leaves.</summary>
    Endless,

    /// <summary>A stream that its upstream cuts.</summary>
    Cut,

    /// <summary>A unary answer that does not come; the caller hangs up.</summary>
    Hung,
}
