using System.Collections.Immutable;

namespace Gateway.Abstractions.Limits;

/// <summary>A node asks for units and permits, for one request or in stock for many.</summary>
[GenerateSerializer, Immutable, Alias("AcquireCall")]
public sealed record AcquireCall
{
    /// <summary>Of the node's process: new at each of its starts.</summary>
    [Id(0)] public required string Session { get; init; }

    /// <summary>Rises with every call of this session to this grain; a repeat of a call that was not answered has the number of that call.</summary>
    [Id(1)] public required long CallNumber { get; init; }

    [Id(2)] public required SubjectLimits Limits { get; init; }

    /// <summary>At most one for each window; a window that is not named is not touched.</summary>
    [Id(3)] public ImmutableArray<WindowWish> Wishes { get; init; } = [];

    /// <summary>Concurrency permits; 0: none needed.</summary>
    [Id(4)] public int MinimumPermits { get; init; }

    [Id(5)] public int DesiredPermits { get; init; }

    /// <summary>What the node holds as it asks.</summary>
    [Id(6)] public required SessionReport Report { get; init; }

    /// <summary>Requests wait for a permit at this node, and go on asking. False also for a node of an older version.</summary>
    [Id(7)] public bool WaitsForPermit { get; init; }

    /// <summary>The permit is for a request that had one whose lease has ended: it is nobody else's turn.</summary>
    [Id(8)] public bool RenewsPermit { get; init; }
}

[GenerateSerializer, Immutable, Alias("WindowWish")]
public sealed record WindowWish
{
    [Id(0)] public required string WindowId { get; init; }

    /// <summary>With less than this the request cannot go.</summary>
    [Id(1)] public required long Minimum { get; init; }

    /// <summary>At least <see cref="Minimum"/>; what is more makes a stock for the requests to come, or for a larger output cap.</summary>
    [Id(2)] public required long Desired { get; init; }

    /// <summary>
    /// What requests wait for now, at most <see cref="Desired"/>: where no stock is made, or only a small one, they are all granted by one call.
    /// 0 (a node of an older version): for the minimum; of hard windows of tokens and money for all that is desired.
    /// </summary>
    [Id(3)] public long Waiting { get; init; }
}

/// <summary>All of the minimum, or nothing.</summary>
[GenerateSerializer, Immutable, Alias("AcquireAnswer")]
public sealed record AcquireAnswer
{
    /// <summary>Of the activation that granted; named again in reports.</summary>
    [Id(0)] public required long Epoch { get; init; }

    /// <summary>Null: granted.</summary>
    [Id(1)] public LimitRefusal? Refusal { get; init; }

    [Id(2)] public ImmutableArray<WindowGrant> Grants { get; init; } = [];

    [Id(3)] public int Permits { get; init; }

    /// <summary>
    /// Milliseconds, from before the node asked, in which requests may be begun on these units. Reservations of begun ones hold until they are
    /// settled. A repeat has what is left of its first answer; 0: ask under a new number.
    /// </summary>
    [Id(4)] public int LeaseMilliseconds { get; init; }

    /// <summary>Every window of the subject as it stands after the call.</summary>
    [Id(5)] public ImmutableArray<WindowState> Windows { get; init; } = [];

    /// <summary>By the clock that all times in here are of: they are so far away as they are from this one. Null: a silo of an older version.</summary>
    [Id(6)] public DateTimeOffset? AnsweredAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("WindowGrant")]
public sealed record WindowGrant
{
    /// <summary>
    /// Of a rate, and of a window that the newest limits do not have: one for all its units, so that a node which goes on with older limits does
    /// not gather counts without end.
    /// </summary>
    public const long Uncounted = 0;

    [Id(0)] public required string WindowId { get; init; }

    [Id(1)] public required long Amount { get; init; }

    /// <summary>Begin of the slot or calendar window that the units count in; Unix milliseconds. Or <see cref="Uncounted"/>.</summary>
    [Id(2)] public required long Period { get; init; }
}

[GenerateSerializer, Immutable, Alias("WindowState")]
public sealed record WindowState
{
    [Id(0)] public required string WindowId { get; init; }

    /// <summary>Raise and rollover included.</summary>
    [Id(1)] public required long Limit { get; init; }

    /// <summary>Settled, and what cannot be told apart from it.</summary>
    [Id(2)] public required long Used { get; init; }

    /// <summary>Held by requests in flight and in stock at nodes.</summary>
    [Id(3)] public required long Reserved { get; init; }

    /// <summary>When all that is used will be free again.</summary>
    [Id(4)] public required DateTimeOffset ResetsAt { get; init; }
}

/// <summary>Why nothing was granted.</summary>
[GenerateSerializer, Immutable, Alias("LimitRefusal")]
public sealed record LimitRefusal
{
    [Id(0)] public required RefusalKind Kind { get; init; }

    /// <summary>Null for concurrency and for an unavailable store.</summary>
    [Id(1)] public string? WindowId { get; init; }

    /// <summary>From when on the same call is granted if nobody else takes what becomes free.</summary>
    [Id(2)] public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Of a window that is used up: what is settled leaves so much of it, which is less than was asked for.</summary>
    [Id(3)] public long Left { get; init; }
}

public enum RefusalKind
{
    /// <summary>Used up: what is settled leaves no room.</summary>
    Exhausted,

    /// <summary>Only reservations of calls in flight are in the way.</summary>
    Reserved,

    Concurrency,

    /// <summary>More than the whole limit was asked for.</summary>
    NeverFits,

    /// <summary>The store of claims cannot be written, or the clock is off.</summary>
    Unavailable,

    /// <summary>The node has reported that it does not wait for this call any more.</summary>
    Stale,
}
