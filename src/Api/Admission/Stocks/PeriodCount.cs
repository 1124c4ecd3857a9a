using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>What this node's session holds of one window in one period, over all grants of one epoch. Guarded by its stock.</summary>
internal sealed class PeriodCount(long epoch, string windowId, long period, WindowLimit window)
{
    public long Epoch => epoch;

    public string WindowId => windowId;

    public long Period => period;

    /// <summary>As it was when the units were granted.</summary>
    public WindowLimit Window => window;

    /// <summary>Settled.</summary>
    public long Used { get; set; }

    /// <summary>Reserved by requests in flight.</summary>
    public long InFlight { get; set; }

    /// <summary>In leases that no request has taken.</summary>
    public long InStock { get; set; }

    /// <summary>Not as it was last reported.</summary>
    public bool IsNews { get; set; } = true;

    /// <summary>When it was last reported; timestamp.</summary>
    public long ReportedAt { get; set; }

    public PeriodTotal ToTotal()
    {
        var early = window is { Unit: LimitUnit.Requests, Window: WindowKind.Minute } ? InFlight : 0;
        return new() { Epoch = epoch, WindowId = windowId, Period = period, Used = Used + early, Reserved = InFlight - early + InStock };
    }

    /// <summary>
    /// No grain asks for it any more. Not by the time of day, which is the grain's in a period: where this node's is ahead the count would be
    /// forgotten while its units are in use, and the next activation would grant them again.
    /// </summary>
    public bool IsOver(Func<long, TimeSpan> age) => InFlight == 0 && InStock == 0 && !IsNews && age(ReportedAt) > PeriodLife.Of(window.Window, window.RollingHours);
}
