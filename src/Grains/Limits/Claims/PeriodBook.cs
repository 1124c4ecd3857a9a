namespace Gateway.Grains.Limits.Claims;

/// <summary>One epoch's units of one window in one period.</summary>
internal sealed class PeriodBook(long period, long freeAt)
{
    public long Period => period;

    /// <summary>Unix milliseconds, by whatever silo's clock.</summary>
    public long FreeAt { get; private set; } = freeAt;

    /// <summary>Covered by a stored state.</summary>
    public long Claimed { get; set; }

    /// <summary>Settled, by all sessions.</summary>
    public long Used { get; set; }

    /// <summary>Held by requests in flight and in stock, by all sessions.</summary>
    public long Reserved { get; set; }

    public long Held => Used + Reserved;

    public void Delay(long milliseconds) => FreeAt += milliseconds;
}
