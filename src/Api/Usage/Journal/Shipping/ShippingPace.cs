namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>Requests go before bookkeeping: how long shipping leaves the processors to them between two batches.</summary>
/// <remarks>
/// 1. While this process uses less than half of its processors, nobody is in anybody's way: no pause.
/// 2. Else a batch is followed by a pause of 29 times as long as it took, at most <see cref="Longest"/>, so that shipping takes a thirtieth of one processor.
/// 3. The fuller the journal, the shorter the pause: bursts wait in it, load that stays is shipped as it comes. From a quarter full on there is no
///    pause, so that the ledger is never far behind, and since a full journal refuses requests.
/// 4. A pause ends early, within <see cref="Look"/>, once the processors are free.
/// </remarks>
/// <param name="processorTime">Of this process, over all its threads.</param>
/// <param name="processors">That it may use.</param>
internal sealed class ShippingPace(TimeProvider time, Func<TimeSpan> processorTime, int processors)
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private const double Busy = 0.5;
    private const double Yielding = 29;
    private const double NoPauseFrom = 0.25;

    private long _lookedAt = time.GetTimestamp();
    private TimeSpan _spent = processorTime();

    /// <param name="took">Of the batch.</param>
    /// <param name="fill">Of the journal, 1 when it is full.</param>
    public TimeSpan PauseAfter(TimeSpan took, double fill)
    {
        var isBusy = IsBusy();
        var share = Math.Clamp(1 - (fill / NoPauseFrom), 0, 1);
        var pause = took * Yielding * share;
        return !isBusy ? TimeSpan.Zero : pause < Longest ? pause : Longest;
    }

    /// <inheritdoc cref="PauseAfter"/>
    public async Task WaitAsync(TimeSpan took, double fill, CancellationToken cancellationToken)
    {
        for (var left = PauseAfter(took, fill); left > TimeSpan.Zero; left -= Look)
        {
            await Task.Delay(left < Look ? left : Look, time, cancellationToken);
            if (!IsBusy())
            {
                return;
            }
        }
    }

    private bool IsBusy()
    {
        var (now, spent) = (time.GetTimestamp(), processorTime());
        var passed = time.GetElapsedTime(_lookedAt, now);
        var used = spent - _spent;
        (_lookedAt, _spent) = (now, spent);
        return used > passed * (Busy * processors);
    }
}
