using System.Collections.Immutable;

namespace Gateway.Abstractions.Limits;

/// <summary>What a session has used and holds, as totals: a later report replaces an earlier one, and one that comes twice does no harm.</summary>
[GenerateSerializer, Immutable, Alias("SessionReport")]
public sealed record SessionReport
{
    /// <summary>Of one report.</summary>
    public const int MaxTotals = 20_000;

    [Id(0)] public required string Session { get; init; }

    /// <summary>Rises with every report of the session to this grain; an older one that comes later is ignored.</summary>
    [Id(1)] public required long Number { get; init; }

    /// <summary>All calls up to this number are answered or given up: what they granted is in the totals, or was not taken.</summary>
    [Id(2)] public required long CallsDone { get; init; }

    /// <summary>
    /// A period is named until a report that named it was answered as taken by an activation of <see cref="Epoch"/>; one that is not named is as
    /// it was last reported to it, and empty if it never was.
    /// </summary>
    [Id(3)] public ImmutableArray<PeriodTotal> Totals { get; init; } = [];

    /// <summary>Permits that the session holds, in use or in stock.</summary>
    [Id(4)] public int Permits { get; init; }

    /// <summary>The session has ended, and its journal was read to the end: it holds nothing any more but what it used.</summary>
    [Id(5)] public bool IsFinal { get; init; }

    /// <summary>
    /// The greatest epoch that an answer of this grain had named when the report was made; 0: none. From then on the session takes no grant of an
    /// earlier epoch any more, so that its totals of those are complete.
    /// </summary>
    [Id(6)] public required long Epoch { get; init; }

    /// <summary>
    /// A part of a final report that has more than <see cref="MaxTotals"/>: only its totals count. The report that ends the session has the last
    /// of them, and follows when all parts were taken.
    /// </summary>
    [Id(7)] public bool IsPart { get; init; }

    /// <summary>Of a final report: epoch of the activation that took all of its parts. Any other one does not take it; 0: there were none.</summary>
    [Id(8)] public long PartsTakenBy { get; init; }
}

/// <summary>Of one window in one period, over all grants of one epoch. A request in flight reserves at least 1.</summary>
[GenerateSerializer, Immutable, Alias("PeriodTotal")]
public sealed record PeriodTotal
{
    [Id(0)] public required long Epoch { get; init; }

    [Id(1)] public required string WindowId { get; init; }

    /// <inheritdoc cref="WindowGrant.Period"/>
    [Id(2)] public required long Period { get; init; }

    /// <summary>
    /// Settled; may exceed what was granted where reservations are guesses. Of requests a minute also what is in flight, which nearly never
    /// comes back: whoever is refused is told how long the window takes, and not to try again at once.
    /// </summary>
    [Id(3)] public required long Used { get; init; }

    /// <summary>Reserved by requests in flight, unless it counts as used, and the stock of leases that have not ended.</summary>
    [Id(4)] public required long Reserved { get; init; }
}

[GenerateSerializer, Immutable, Alias("ReportAnswer")]
public sealed record ReportAnswer
{
    /// <summary>Of the activation that took the report.</summary>
    [Id(0)] public required long Epoch { get; init; }

    /// <summary>False: not taken in; send it again.</summary>
    [Id(1)] public required bool IsTaken { get; init; }

    /// <inheritdoc cref="AcquireAnswer.Windows"/>
    [Id(2)] public ImmutableArray<WindowState> Windows { get; init; } = [];

    /// <inheritdoc cref="AcquireAnswer.AnsweredAt"/>
    [Id(3)] public DateTimeOffset? AnsweredAt { get; init; }
}
