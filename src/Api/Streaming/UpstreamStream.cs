using System.Runtime.CompilerServices;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Streaming;

/// <summary>An upstream's answer as it is read: its failures as data, its silences bounded.</summary>
internal sealed class UpstreamStream : IWatchedStream, IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly UpstreamBody _body;
    private readonly SilenceWatch _watch;
    private readonly TimeProvider _time;
    private readonly CancellationToken _callerGone;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _stopping;
    private readonly Lock _lock = new();
    private long _readingSince;
    private bool _reading;
    private bool _silent;
    private bool _disposed;

    private UpstreamStream(HttpResponseMessage response, Stream body, SilenceWatch watch, TimeProvider time, CancellationToken callerGone, CancellationToken stop)
    {
        _response = response;
        _body = new UpstreamBody(body, time);
        _watch = watch;
        _time = time;
        _callerGone = callerGone;
        _stopping = stop.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
    }

    public WatchPlace WatchPlace { get; set; }

    /// <summary>Why the last read returned nothing; None: a clean end.</summary>
    public UpstreamFailure Failure { get; private set; }

    /// <summary>How long a read may wait.</summary>
    public TimeSpan IdleTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    public HttpResponseMessage Response => _response;

    public static UpstreamStream Open(HttpResponseMessage response, SilenceWatch watch, TimeProvider time, CancellationToken callerGone, CancellationToken stop)
    {
        var stream = new UpstreamStream(response, response.Content.ReadAsStream(CancellationToken.None), watch, time, callerGone, stop);
        watch.Add(stream);
        return stream;
    }

    /// <summary>Ends a read that nobody waits for any more.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>The next bytes, valid until the next call; empty at the end, of whichever kind.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        Volatile.Write(ref _readingSince, _time.GetTimestamp());
        Volatile.Write(ref _reading, true);
        try
        {
            return await _body.ReadAsync(_stop.Token);
        }
        catch (Exception exception)
        {
            Failure = Classify(exception);
            return default;
        }
        finally
        {
            Volatile.Write(ref _reading, false);
        }
    }

    public void CheckSilence()
    {
        lock (_lock)
        {
            if (!_disposed && !_silent && IdleTimeout != Timeout.InfiniteTimeSpan && Volatile.Read(ref _reading)
                && _time.GetElapsedTime(Volatile.Read(ref _readingSince)) >= IdleTimeout)
            {
                _silent = true;
                _ = _stop.CancelAsync();
            }
        }
    }

    public void Dispose()
    {
        _watch.Remove(this);
        _stopping.Dispose();
        lock (_lock)
        {
            _disposed = true;
        }

        _body.Dispose();
        _response.Dispose();
        if (!_silent)
        {
            // Otherwise its callbacks may still run.
            _stop.Dispose();
        }
    }

    private UpstreamFailure Classify(Exception exception)
    {
        // A stopped read may surface as any exception of the transport, so the reasons for stopping come first.
        if (_callerGone.IsCancellationRequested)
        {
            return UpstreamFailure.CallerGone;
        }

        if (_stop.IsCancellationRequested)
        {
            return _silent ? UpstreamFailure.IdleTimeout : UpstreamFailure.TotalTimeout;
        }

        return exception is HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse }
            ? UpstreamFailure.ProtocolError
            : UpstreamFailure.Cut;
    }
}
