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

    public PeriodTotal ToTotal()
    {
        var early = window is { Unit: LimitUnit.Requests, Window: WindowKind.Minute } ? InFlight : 0;
        return new() { Epoch = epoch, WindowId = windowId, Period = period, Used = Used + early, Reserved = InFlight - early + InStock };
    }

    /// <summary>No grain asks for it any more.</summary>
    public bool IsOver(DateTimeOffset now) =>
        InFlight == 0 && InStock == 0 && !IsNews && now.ToUnixTimeMilliseconds() - period > (long)PeriodLife.Of(window.Window, window.RollingHours).TotalMilliseconds;
}
