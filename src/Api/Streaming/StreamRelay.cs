using System.Buffers;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Forwarding.Upstream;

namespace Gateway.Api.Streaming;

/// <summary>Carries one upstream's stream to the caller.</summary>
/// <remarks>
/// 1. Commit, unless a keep-alive has done so, and send what the beginning held.
/// 2. Wait for the next piece without holding a buffer or the caller's gate; send and flush it before reading on, so that
///    a slow caller slows the upstream instead of filling memory.
/// 3. Stop at the upstream's end or failure, at an error that it reports in the stream, or when the caller is gone.
///    After the last event that has a meaning the upstream gets a short time to end by itself.
/// 4. The stream is complete if its terminal marker was seen, however the transport ended; if not, it is cut, also when
///    the transport ended cleanly.
/// </remarks>
internal sealed class StreamRelay(CallerStream caller, UpstreamStream upstream, TerminalMarker marker, RelayFilter? filter)
{
    private static readonly TimeSpan _lingerAfterFinal = TimeSpan.FromSeconds(2);

    public async Task<UpstreamFailure> RunAsync(StreamBeginning beginning, CancellationToken cancellationToken)
    {
        var failure = await PassAllAsync(beginning, cancellationToken);
        if (filter is null || marker.ErrorSeen)
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

    private async Task<UpstreamFailure> PassAllAsync(StreamBeginning beginning, CancellationToken cancellationToken)
    {
        try
        {
            if (!await SendBeginningAsync(beginning.TakeBytes(), beginning.FirstEventLength, cancellationToken))
            {
                return UpstreamFailure.CallerGone;
            }

            while (!marker.ErrorSeen)
            {
                if (marker.Final && upstream.IdleTimeout > _lingerAfterFinal)
                {
                    upstream.IdleTimeout = _lingerAfterFinal;
                }

                var piece = await upstream.ReadAsync();
                if (!await SendAsync(piece, cancellationToken))
                {
                    return UpstreamFailure.CallerGone;
                }

                if (piece.IsEmpty)
                {
                    return marker.ErrorSeen ? UpstreamFailure.Cut : upstream.Failure;
                }
            }

            return UpstreamFailure.Cut;
        }
        catch (OperationCanceledException)
        {
            return caller.IsGone ? UpstreamFailure.CallerGone : UpstreamFailure.TotalTimeout;
        }
        catch (IOException)
        {
            // Only writes throw here; reads report failures as data.
            return UpstreamFailure.CallerGone;
        }
    }

    private async Task<bool> SendBeginningAsync(ReadOnlyMemory<byte> bytes, int firstEventLength, CancellationToken cancellationToken)
    {
        await caller.EnterAsync();
        try
        {
            if (!caller.Committed)
            {
                var contentType = UpstreamAnswer.ContentType(upstream.Response);
                if (filter is null)
                {
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
        }
        finally
        {
            caller.Leave();
        }

        return await SendAsync(bytes, cancellationToken);
    }

    /// <param name="piece">Empty: the upstream has ended.</param>
    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await caller.EnterAsync();
        try
        {
            if (filter is null)
            {
                caller.Write(piece.Span);
            }
            else if (!piece.IsEmpty)
            {
                filter.Filter(piece.Span, caller);
            }
            else if (upstream.Failure == UpstreamFailure.None)
            {
                filter.Complete(caller);
            }

            caller.AtBoundary = filter is { AtBoundary: true };
            return await caller.FlushAsync(cancellationToken);
        }
        finally
        {
            caller.Leave();
        }
    }
}
