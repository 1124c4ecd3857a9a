using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Usage.Accounting;

namespace Gateway.Api.Streaming;

/// <summary>Carries one upstream's stream to the caller.</summary>
/// <remarks>
/// 1. Commit, unless a keep-alive has done so, and write what the beginning held.
/// 2. Ask for the next piece. If it is here already, write it behind the one before: one packet for both. If not, or when
///    <see cref="MaxUnsentBytes"/> wait, send first, waiting for a slow caller, so that it slows the upstream instead of
///    filling memory; then wait without holding a buffer or the caller's gate.
/// 3. Stop at the upstream's end or failure, at an error that it reports in the stream, or when the caller is gone.
///    After the last event that has a meaning the upstream gets a short time to end by itself.
/// 4. The stream is complete if its terminal marker was seen, however the transport ended; if not, it is cut, also when
///    the transport ended cleanly. A document is complete where its framing says so; one without framing, where JSON may end.
/// </remarks>
internal sealed class StreamRelay(CallerStream caller, UpstreamStream upstream, TerminalMarker marker, RelayFilter? filter, RequestAccount? account)
{
    public const int MaxUnsentBytes = 32 * 1024;

    private static readonly TimeSpan _lingerAfterFinal = TimeSpan.FromSeconds(2);

    private bool _isInside;
    private bool _hadTime;
    private bool _isUnframedJson;
    private byte _lastByte;
    private long _documentBytes;

    /// <summary>The time was up while the caller did not take what was here.</summary>
    public bool CallerWasSlow { get; private set; }

    /// <summary>Of a document whose connection has ended: it may end where it does.</summary>
    private bool IsComplete => !_isUnframedJson || JsonText.MayEndWith(_lastByte);

    public async Task<UpstreamFailure> RunAsync(StreamBeginning beginning, CancellationToken cancellationToken)
    {
        UpstreamFailure failure;
        try
        {
            failure = await PassAllAsync(beginning, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            failure = caller.IsGone ? UpstreamFailure.CallerGone : UpstreamFailure.TotalTimeout;
            CallerWasSlow = _hadTime;
        }
        catch (IOException)
        {
            // Only writes throw here; reads report failures as data.
            failure = UpstreamFailure.CallerGone;
        }

        if (filter is null)
        {
            return failure is UpstreamFailure.None && !IsComplete ? UpstreamFailure.Cut : failure;
        }

        if (marker.ErrorSeen)
        {
            return failure;
        }

        if (failure == UpstreamFailure.CallerGone)
        {
            return marker.Final ? UpstreamFailure.None : failure;
        }

        return marker.Reached ? UpstreamFailure.None
            : failure == UpstreamFailure.None ? UpstreamFailure.Cut
            : failure;
    }

    [SuppressMessage("Reliability", "CA2012", Justification = "The read is awaited once, here or where sending fails; looking whether it is complete is allowed before.")]
    private async ValueTask<UpstreamFailure> PassAllAsync(StreamBeginning beginning, CancellationToken cancellationToken)
    {
        await EnterAsync();
        try
        {
            WriteBeginning(beginning.TakeBytes(), beginning.FirstEventLength);
            for (var ended = false; !ended && !marker.ErrorSeen;)
            {
                if (marker.Final && upstream.IdleTimeout > _lingerAfterFinal)
                {
                    upstream.IdleTimeout = _lingerAfterFinal;
                }

                var reading = upstream.ReadAsync();
                ReadOnlyMemory<byte> piece;
                if (reading.IsCompleted && caller.Unsent < MaxUnsentBytes)
                {
                    piece = await reading;
                }
                else if (await SendBehindAsync(reading, cancellationToken))
                {
                    Leave();
                    piece = await reading;
                    await EnterAsync();
                }
                else
                {
                    return UpstreamFailure.CallerGone;
                }

                ended = piece.IsEmpty;
                Write(piece.Span);
            }

            return !await FlushAsync(cancellationToken) ? UpstreamFailure.CallerGone
                : marker.ErrorSeen ? UpstreamFailure.Cut
                : upstream.Failure;
        }
        finally
        {
            if (_isInside)
            {
                Leave();
            }
        }
    }

    /// <summary>Sends what was written while a read goes on; ends that read if sending fails, since nobody will wait for it.</summary>
    private async ValueTask<bool> SendBehindAsync(ValueTask<ReadOnlyMemory<byte>> reading, CancellationToken cancellationToken)
    {
        var isSent = false;
        try
        {
            isSent = await FlushAsync(cancellationToken);
        }
        finally
        {
            if (!isSent)
            {
                upstream.Stop();
                await reading;
            }
        }

        return isSent;
    }

    private ValueTask<bool> FlushAsync(CancellationToken cancellationToken)
    {
        _hadTime = !cancellationToken.IsCancellationRequested;
        return caller.FlushAsync(cancellationToken);
    }

    private ValueTask EnterAsync()
    {
        var entering = caller.EnterAsync();
        _isInside = true;
        return entering;
    }

    private void Leave()
    {
        _isInside = false;
        caller.Leave();
    }

    /// <summary>Inside the gate.</summary>
    private void WriteBeginning(ReadOnlyMemory<byte> bytes, int firstEventLength)
    {
        if (!caller.Committed)
        {
            var contentType = UpstreamAnswer.ContentType(upstream.Response);
            if (filter is null)
            {
                _isUnframedJson = UpstreamAnswer.EndsWithConnection(upstream.Response) && JsonText.BeginsAsJson(bytes.Span);
                caller.Commit(contentType, UpstreamAnswer.ContentLength(upstream.Response), isEventStream: false);
            }
            else
            {
                caller.Commit(EventStream.IsLabelled(contentType) ? contentType : EventStream.ContentType);
            }
        }
        else if (bytes.Span.StartsWith("\uFEFF"u8))
        {
            // A byte order mark is one only at the very beginning, where our keep-alive stands already.
            bytes = bytes[3..];
            firstEventLength = Math.Max(0, firstEventLength - 3);
        }

        if (filter is not null && firstEventLength < bytes.Length)
        {
            // The marker knows what is plain once it has seen an event: the rest goes through in one run.
            filter.Filter(bytes.Span[..firstEventLength], caller);
            bytes = bytes[firstEventLength..];
        }

        if (!bytes.IsEmpty)
        {
            Write(bytes.Span);
        }
    }

    /// <summary>Inside the gate.</summary>
    /// <param name="piece">Empty: the upstream has ended.</param>
    private void Write(ReadOnlySpan<byte> piece)
    {
        if (filter is null)
        {
            caller.Write(piece);
            account?.Read(piece);
            _lastByte = piece is [.., var last] ? last : _lastByte;
            _documentBytes += piece.Length;
        }
        else if (!piece.IsEmpty)
        {
            filter.Filter(piece, caller);
        }
        else if (upstream.Failure == UpstreamFailure.None)
        {
            filter.Complete(caller);
        }

        caller.AtBoundary = filter is { AtBoundary: true };
        caller.HasIds = filter is { HasIds: true };
        if (filter is null ? IsWhole(piece) : marker.Final || (piece.IsEmpty && marker.Reached))
        {
            // Once the last event is on its way the caller has the answer: by then it must be written down.
            account?.CompleteStream(StatusCodes.Status200OK, UpstreamFailure.None);
        }
    }

    /// <summary>Of a document: with this piece the caller has all of it.</summary>
    private bool IsWhole(ReadOnlySpan<byte> piece) =>
        piece.IsEmpty ? upstream.Failure == UpstreamFailure.None && IsComplete : _documentBytes == UpstreamAnswer.ContentLength(upstream.Response);
}
