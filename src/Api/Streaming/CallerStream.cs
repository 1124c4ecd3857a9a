using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Streaming;

/// <summary>The caller's side of a stream: one writer at a time, and a comment where there would be silence.</summary>
/// <remarks>
/// The relay and the keep-alive take turns by a gate. The relay holds it while it writes and leaves it while it waits for
/// the upstream; the keep-alive only tries it, and writes only where the caller's last byte ended an event.
/// </remarks>
internal sealed class CallerStream(HttpContext context, TimeSpan keepAlive, SilenceWatch watch, TimeProvider time)
    : IWatchedStream, IBufferWriter<byte>
{
    private readonly TurnGate _gate = new();
    private long _lastSent = time.GetTimestamp();
    private bool _mayInsert = keepAlive > TimeSpan.Zero;
    private volatile bool _committed;
    private long _flushed;

    public WatchPlace WatchPlace { get; set; }

    public bool Committed => _committed;

    public bool IsGone => context.RequestAborted.IsCancellationRequested;

    /// <summary>Bytes of body sent, keep-alives included.</summary>
    public long Bytes { get; private set; }

    /// <summary>The caller's bytes so far end between two events; kept up to date by the relay.</summary>
    public bool AtBoundary { get; set; } = true;

    /// <summary>An event had an id; kept up to date by the relay.</summary>
    public bool HasIds { get; set; }

    public void Watch()
    {
        Volatile.Write(ref _lastSent, time.GetTimestamp());
        if (_mayInsert)
        {
            watch.Add(this);
        }
    }

    public ValueTask EnterAsync() => _gate.EnterAsync();

    public void Leave() => _gate.Leave();

    /// <summary>Ends the keep-alives for good; after it, only the gate's holder writes.</summary>
    public ValueTask StopKeepAliveAsync()
    {
        watch.Remove(this);
        if (_gate.TryEnter())
        {
            _mayInsert = false;
            Leave();
            return ValueTask.CompletedTask;
        }

        return StopOnceFreeAsync();
    }

    /// <summary>Ends the keep-alives unless one has committed the answer to events.</summary>
    /// <returns>False: one has, and they go on.</returns>
    public async ValueTask<bool> TryStopKeepAliveAsync()
    {
        await EnterAsync();
        var isStopped = !_committed;
        _mayInsert &= !isStopped;
        Leave();
        if (isStopped)
        {
            watch.Remove(this);
        }

        return isStopped;
    }

    /// <summary>Sets status 200 and the headers; they leave with the first bytes, not in a packet of their own. Inside the gate only.</summary>
    public void Commit(string? contentType, long? contentLength = null, bool isEventStream = true)
    {
        _committed = true;
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = contentType;
        response.ContentLength = contentLength;
        if (isEventStream)
        {
            response.Headers.CacheControl = "no-cache, no-transform";
            response.Headers["X-Accel-Buffering"] = "no";
        }

        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => context.Response.BodyWriter.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => context.Response.BodyWriter.GetSpan(sizeHint);

    public void Advance(int count)
    {
        Bytes += count;
        context.Response.BodyWriter.Advance(count);
    }

    /// <summary>Bytes that were written and not sent.</summary>
    public long Unsent => Bytes - _flushed;

    /// <summary>Sends what was written, waiting for a slow caller. Inside the gate only.</summary>
    /// <returns>False when the caller is gone.</returns>
    public async ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        if (Bytes == _flushed && _flushed > 0)
        {
            return !IsGone;
        }

        _flushed = Bytes;
        var flushed = await context.Response.BodyWriter.FlushAsync(cancellationToken);
        Volatile.Write(ref _lastSent, time.GetTimestamp());
        return !flushed.IsCompleted && !IsGone;
    }

    /// <summary>Sends an event behind whatever the caller has; an event that broke off is ended first, so that it stays apart.</summary>
    public async Task SendLastAsync(ReadOnlyMemory<byte> lastEvent, CancellationToken cancellationToken)
    {
        await EnterAsync();
        try
        {
            if (!AtBoundary)
            {
                this.Write("\n\n"u8);
            }

            this.Write(lastEvent.Span);
            await FlushAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // Nobody reads on the other side: the connection is ended all the same.
        }
        finally
        {
            Leave();
        }
    }

    public void CheckSilence()
    {
        if (!IsDue() || !_gate.TryEnter())
        {
            return;
        }

        if (_mayInsert && AtBoundary && IsDue())
        {
            _ = KeepAliveAsync();
        }
        else
        {
            Leave();
        }
    }

    private async ValueTask StopOnceFreeAsync()
    {
        await EnterAsync();
        _mayInsert = false;
        Leave();
    }

    private bool IsDue() => time.GetElapsedTime(Volatile.Read(ref _lastSent)) >= keepAlive;

    private async Task KeepAliveAsync()
    {
        try
        {
            if (!_committed)
            {
                Commit(EventStream.ContentType);
            }

            // Without a blank line behind ids: openai-python never forgets one, and takes each blank line for the end of an event, of one
            // without data here, which it cannot read. The comment is part of the next event then.
            this.Write(HasIds ? ": keep-alive\n"u8 : ": keep-alive\n\n"u8);
            await FlushAsync(context.RequestAborted);
        }
        catch (Exception)
        {
            // The connection is broken: whoever reads the upstream is stopped by the request's own token.
            _mayInsert = false;
        }
        finally
        {
            Leave();
        }
    }
}
