using System.Buffers;

namespace Gateway.Api.Streaming;

/// <summary>Decides, piece by piece, which bytes of an upstream's event stream go to the caller.</summary>
/// <remarks>
/// All of them, at once, also in the middle of an event, except that
/// (1) nothing goes on after an event in which the upstream reports an error, since a client that does not know such
///     events would take a <c>[DONE]</c> behind it for a complete answer;
/// (2) when the usage chunk is to be hidden, an event is held until it is complete, so that it can be left out as a
///     whole. An event larger than <see cref="MaxHeldBytes"/> is not that chunk and is no longer held.
/// </remarks>
public sealed class RelayFilter(TerminalMarker marker, bool hideUsageChunk) : IDisposable
{
    public const int MaxHeldBytes = 64 * 1024;

    private readonly SseEventAssembler _events = new();
    private bool _lastHidden;
    private bool _releasing;

    /// <summary>What the caller has so far ends between two events.</summary>
    public bool AtBoundary => _events.AtBoundary || (hideUsageChunk && !_releasing);

    /// <summary>Puts what may go to the caller now into <paramref name="output"/>.</summary>
    public void Filter(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        var tail = _events.TakeTail(piece);
        if (!_lastHidden)
        {
            output.Write(piece[..tail]);
        }

        if (hideUsageChunk)
        {
            Hide(piece[tail..], output);
        }
        else
        {
            Pass(piece[tail..], output);
        }
    }

    /// <summary>The upstream has ended: judges and releases an event that lacks its blank line.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        var unfinished = _events.Unfinished;
        if (unfinished.IsEmpty || marker.ErrorSeen)
        {
            return;
        }

        var sseEvent = SseEvent.Parse(unfinished);
        marker.Observe(sseEvent);
        if (hideUsageChunk && !_releasing && !UsageChunk.Detect(sseEvent.Data))
        {
            output.Write(unfinished);
            _releasing = true;
        }
    }

    public void Dispose() => _events.Dispose();

    private void Pass(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        var rest = piece;
        while (!marker.ErrorSeen && _events.TryRead(ref rest, out var bytes))
        {
            marker.Observe(SseEvent.Parse(bytes));
        }

        output.Write(piece[..^rest.Length]);
    }

    private void Hide(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        var before = piece;
        while (!marker.ErrorSeen && _events.TryRead(ref piece, out var bytes))
        {
            var sseEvent = SseEvent.Parse(bytes);
            marker.Observe(sseEvent);
            _lastHidden = !_releasing && UsageChunk.Detect(sseEvent.Data);
            if (!_lastHidden)
            {
                output.Write(_releasing ? before[..^piece.Length] : bytes);
            }

            _releasing = false;
            before = piece;
        }

        if (_releasing)
        {
            output.Write(before[..^piece.Length]);
        }
        else if (_events.Unfinished.Length > MaxHeldBytes)
        {
            output.Write(_events.Unfinished);
            _releasing = true;
        }
    }
}
