using System.Buffers;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Errors;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>The caller's side of one <c>stream: true</c> request, from the wait for the upstream's headers to the last byte.</summary>
public sealed class StreamResponse : IAsyncDisposable
{
    /// <summary>How long the ending waits for a caller that reads slowly.</summary>
    private static readonly TimeSpan _endingBound = TimeSpan.FromSeconds(5);

    private readonly HttpContext _context;
    private readonly Operation _operation;
    private readonly SilenceWatch _watch;
    private readonly TimeProvider _time;
    private readonly CallerStream _caller;

    internal StreamResponse(HttpContext context, Operation operation, TimeSpan keepAlive, SilenceWatch watch, TimeProvider time)
    {
        _context = context;
        _operation = operation;
        _watch = watch;
        _time = time;
        _caller = new CallerStream(context, keepAlive, watch, time);
    }

    /// <summary>200 and the event-stream headers are with the caller: errors go in-band from here on.</summary>
    public bool Committed => _caller.Committed;

    /// <summary>
    /// Starts the watch over silence: a keep-alive comment every 15 s without bytes, the first of which commits 200.
    /// From here on headers may be sent at any moment and by another thread: set them before, or in <c>OnStarting</c>.
    /// </summary>
    public void BeginWaiting() => _caller.Watch();

    /// <summary>
    /// Reads the beginning of an upstream's 200. An error found there, or a cut before anything was seen, leaves the
    /// caller's side as it was, so that another upstream may be tried.
    /// </summary>
    /// <param name="upstream">Owned from here on; disposed as soon as it is not needed.</param>
    /// <param name="cancellationToken">Stops all reads of this upstream, those of <see cref="RelayAsync"/> too: when the time is up, and when the caller is gone.</param>
    public async Task<StreamBeginning> ReadBeginningAsync(HttpResponseMessage upstream, TimeSpan idleTimeout, CancellationToken cancellationToken)
    {
        var stream = UpstreamStream.Open(upstream, _watch, _time, _context.RequestAborted, cancellationToken);
        stream.IdleTimeout = idleTimeout;
        var beginning = await BeginningReader.ReadAsync(stream);

        if (beginning is { Failure: UpstreamFailure.None, IsEventStream: false } && !await _caller.TryStopKeepAliveAsync())
        {
            // The caller was promised events. Its silence goes on while another upstream is asked.
            beginning = new StreamBeginning { Failure = UpstreamFailure.ProtocolError, UnwantedAnswer = beginning.TakeBytes().ToArray() };
        }

        if (beginning.Failure != UpstreamFailure.None)
        {
            stream.Dispose();
        }

        return beginning;
    }

    /// <summary>Sends the beginning and all that follows; ends a cut stream so that every client notices.</summary>
    public async Task<StreamOutcome> RelayAsync(StreamBeginning beginning, StreamRelayOptions options, CancellationToken cancellationToken)
    {
        var upstream = beginning.Upstream ?? throw new ArgumentException("A beginning that failed cannot be relayed.", nameof(beginning));
        var marker = TerminalMarker.For(options.Operation, options.Choices);
        using var filter = beginning.IsEventStream ? new RelayFilter(marker, options.HideUsageChunk, options.MayPassError, options.Account?.StreamUsage) : null;
        var relay = new StreamRelay(_caller, upstream, marker, filter, options.Account);
        UpstreamFailure failure;
        using (upstream)
        {
            upstream.IdleTimeout = options.IdleTimeout;
            failure = await relay.RunAsync(beginning, cancellationToken);
        }

        await _caller.StopKeepAliveAsync();
        if (failure is UpstreamFailure.CallerGone)
        {
            _context.Abort();
        }
        else if (failure is not UpstreamFailure.None)
        {
            var error = StreamErrors.For(failure, options.IdleTimeout);
            await EndCutAsync(filter is null || (marker.ErrorSeen && !filter.ErrorWithheld) ? default : StreamErrors.ToEvent(error, _operation));
        }

        return new StreamOutcome(failure, _caller.Bytes) { CallerWasSlow = relay.CallerWasSlow, StatedStatus = marker.StatedStatus };
    }

    /// <summary>Ends the request with an error: a plain JSON answer while nothing is committed, else the in-band ending of a cut stream.</summary>
    public async Task FailAsync(GatewayError error)
    {
        await _caller.StopKeepAliveAsync();
        if (Committed)
        {
            await EndCutAsync(StreamErrors.ToEvent(error, _operation));
        }
        else
        {
            await ErrorWriter.WriteAsync(_context, error);
        }
    }

    public ValueTask DisposeAsync() => _caller.StopKeepAliveAsync();

    private async Task EndCutAsync(ReadOnlyMemory<byte> errorEvent)
    {
        if (!errorEvent.IsEmpty)
        {
            using var bound = new CancellationTokenSource(_endingBound, _time);
            await _caller.SendLastAsync(errorEvent, bound.Token);
        }

        await CutEnding.EndAsync(_context, _time);
    }
}
