namespace Orleans.Runtime.Transport;

/// <summary>
/// The calls that reach a silo after its grains have other owners, from processes that have not heard so. A call that is under way while
/// its connection closes may or may not have run, hence:
/// <list type="number">
/// <item>Late calls are sent on to the new owner until none has come for a moment, or for two seconds.</item>
/// <item>If they still come, they are answered with what surely did not run: those callers look for another silo.</item>
/// <item>When none has come for a moment, nobody uses the connections any more.</item>
/// </list>
/// </summary>
internal sealed class LateCalls(TimeProvider clock)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SendOnTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RefuseTime = TimeSpan.FromSeconds(1);

    private long _last;
    private volatile bool _areRefused;

    public bool AreRefused => _areRefused;

    public void Arrived() => Volatile.Write(ref _last, clock.GetTimestamp());

    public async Task EndAsync(CancellationToken cancellationToken)
    {
        Arrived();
        if (!await CeaseAsync(SendOnTime, cancellationToken))
        {
            _areRefused = true;
            await CeaseAsync(RefuseTime, cancellationToken);
        }
    }

    private async Task<bool> CeaseAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var begin = clock.GetTimestamp();
        while (clock.GetElapsedTime(begin) < patience && !cancellationToken.IsCancellationRequested)
        {
            var rest = Moment - clock.GetElapsedTime(Volatile.Read(ref _last));
            if (rest <= TimeSpan.Zero)
            {
                return true;
            }

            await Task.Delay(rest, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
