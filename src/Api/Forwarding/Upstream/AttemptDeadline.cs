namespace Gateway.Api.Forwarding.Upstream;

/// <summary>Stops the work of a request on its upstreams: at a deadline that moves, or when the caller goes.</summary>
/// <remarks>One source serves all attempts; a new one is made only after a deadline was reached.</remarks>
internal sealed class AttemptDeadline(TimeProvider time, CancellationToken callerGone) : IDisposable
{
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _registration;

    public CancellationToken Token => _source!.Token;

    public bool CallerGone => callerGone.IsCancellationRequested;

    /// <summary>Work stopped because the time was up.</summary>
    public bool Expired => _source is { IsCancellationRequested: true } && !CallerGone;

    /// <summary>The time is up this long from now.</summary>
    public void Arm(TimeSpan delay)
    {
        var source = _source;
        if (source is null || (source.IsCancellationRequested && !CallerGone))
        {
            source = Renew();
        }

        if (delay > TimeSpan.Zero)
        {
            source.CancelAfter(delay);
        }
        else
        {
            source.Cancel();
        }
    }

    /// <summary>As <see cref="Arm"/>, for work that is under way: a deadline that was reached stays reached.</summary>
    public void Extend(TimeSpan delay)
    {
        try
        {
            _source?.CancelAfter(delay < TimeSpan.Zero ? TimeSpan.Zero : delay);
        }
        catch (ObjectDisposedException)
        {
            // The request ended while its body was still being written.
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source?.Dispose();
    }

    private CancellationTokenSource Renew()
    {
        Dispose();
        var source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _source = source;
        _registration = callerGone.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
        return source;
    }
}
