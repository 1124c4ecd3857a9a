using Gateway.Silo.Hosting;

namespace Gateway.Api.Admission.Stocks;

/// <summary>Times and bounds of all stocks, in one place.</summary>
internal static class StockRules
{
    /// <summary>Subtracted from a lease, for what clocks of two machines may drift while it lasts.</summary>
    public static readonly TimeSpan LeaseMargin = TimeSpan.FromMilliseconds(50);

    /// <summary>Of one try of a grain call.</summary>
    public static readonly TimeSpan TryBound = TimeSpan.FromMilliseconds(500);

    public static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    public static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request waits for a silo to answer; a silo that is killed is replaced within it.</summary>
    public static TimeSpan Patience => ClusterHostingExtensions.GrainPatience;

    /// <summary>As <see cref="Patience"/> once nobody has answered for that long.</summary>
    public static readonly TimeSpan PatienceInOutage = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a request waits for a store of claims that cannot be written.</summary>
    public static readonly TimeSpan StorePatience = TimeSpan.FromSeconds(2);

    /// <summary>How long a grain's refusal is repeated without asking.</summary>
    public static readonly TimeSpan RefusalKept = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Who refused within this time is asked before a request's other subjects, so that callers who go on beyond a limit of theirs
    /// take nothing of the limits that they share.
    /// </summary>
    public static readonly TimeSpan RefusalExpectedFor = TimeSpan.FromSeconds(5);

    /// <summary>Settled use is reported this long after it was settled, at the latest with the tick that follows.</summary>
    public static readonly TimeSpan ReportAfter = TimeSpan.FromMilliseconds(300);

    /// <summary>
    /// As <see cref="ReportAfter"/> while requests keep coming and no window is more than half taken: their calls carry the report, and nobody
    /// waits for what it tells. Half a lease, so that what a lease was used for is told before it ends.
    /// </summary>
    public static readonly TimeSpan ReportAfterWhileBusy = TimeSpan.FromSeconds(1);

    /// <summary>A stock that no request touched for this long goes back with the next tick.</summary>
    public static readonly TimeSpan IdleAfter = TimeSpan.FromMilliseconds(350);

    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    /// <summary>A new activation counts what older ones granted only after its predecessor's write lease has ended; it is told again then.</summary>
    public static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(7);

    public const int Repeats = 2;

    /// <summary>
    /// While requests run, how many permits they hold is told at least this often: a new activation takes all for held that were ever claimed
    /// for this node, until it hears better.
    /// </summary>
    public static readonly TimeSpan PermitsToldAfter = TimeSpan.FromSeconds(5);

    /// <summary>A stock without anything in it is put away after this long.</summary>
    public static readonly TimeSpan PutAwayAfter = TimeSpan.FromMinutes(5);

    /// <summary>Below this many requests a second nothing is asked for in advance.</summary>
    public const int FewRequests = 2;

    /// <summary>How many seconds of the present rate are asked for in advance; a lease lasts a little longer.</summary>
    public const double SecondsAhead = 1.5;

    /// <summary>From this many requests a second on a stock is filled up before it is empty, so that no request waits for the call.</summary>
    public const int RefillFrom = 10;

    /// <summary>A stock is filled up when what is left in its leases, at the present rate, does not last for this long.</summary>
    public static readonly TimeSpan RefillBefore = TimeSpan.FromMilliseconds(300);

    /// <summary>The most that a grain lets a call ask for.</summary>
    public const long MostUnits = 10_000_000_000_000_000;

    /// <summary>Calls that granted and yet could not serve the request that made them, as when leases end before they arrive.</summary>
    public const int MaxFruitlessCalls = 3;
}
