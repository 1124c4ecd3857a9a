namespace Gateway.Grains.Limits;

/// <summary>Times and bounds of all limits, in one place.</summary>
internal static class QuotaRules
{
    /// <summary>In milliseconds: how long after it was granted a unit may still be used to begin a request.</summary>
    public const int Lease = 2_000;

    /// <summary>
    /// How many of a minute window's slots to come a write claims for as well, while no more than half of the window is taken: about as many as
    /// the <see cref="WriteLease"/> lets be granted from.
    /// </summary>
    public const int SlotsAhead = 4;

    /// <summary>In milliseconds: two silos, each half a second off the database's clock at most, and a quarter more until a jump is noticed.</summary>
    public const long ClockDifference = 1_500;

    /// <summary>Up to here, a window of requests is granted request by request: a stock of one node would be missing at the others.</summary>
    public const long SmallLimit = 100;

    /// <summary>Parts of a limit that are left to single requests: the last 2 %.</summary>
    public const long LastPart = 50;

    /// <summary>Parts of what is left of a hard window of tokens or money: one of them at most is a node's stock for requests to come.</summary>
    public const long HardStockPart = 4;

    /// <summary>An activation grants from memory only for so long after it last wrote, so that one that nobody reaches any more ends by itself.</summary>
    public static readonly TimeSpan WriteLease = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan StorageBound = TimeSpan.FromSeconds(1);

    /// <summary>A session that was heard of within this time is alive, whatever the table says.</summary>
    public static readonly TimeSpan SessionLost = TimeSpan.FromSeconds(10);

    /// <summary>In milliseconds: for so long a refused session's turn is kept. Twice what a node with requests waiting lets pass between two questions.</summary>
    public const long PermitTurn = 700;

    /// <summary>In milliseconds: a session that holds no permit, and was granted nothing for so long, claims none any more.</summary>
    public const long PermitsKept = 5_000;

    /// <summary>In milliseconds: a session that holds nothing and was granted nothing for so long is named by the next state no more; its next grant takes a write.</summary>
    public const long RestsAfter = 5_000;

    public static readonly TimeSpan SessionCheckPause = TimeSpan.FromSeconds(1);

    /// <summary>Beyond this, what the oldest epochs claimed counts as used for good.</summary>
    public const int MaxEpochs = 32;

    public const int MaxWindows = 64;
    public const int MaxCallsOpen = 10_000;
    public const int MaxNameLength = 256;

    /// <summary>Of what one session says of one period; keeps sums far from overflow. 10 million dollars.</summary>
    public const long MaxTotal = 10_000_000_000_000_000;

    /// <summary>A billion dollars.</summary>
    public const long MaxLimit = 1_000_000_000_000_000_000;
}
