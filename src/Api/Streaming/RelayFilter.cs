using System.Buffers;
using Gateway.Api.Usage.Metering;

namespace Gateway.Api.Streaming;

/// <summary>Decides, piece by piece, which bytes of an upstream's event stream go to the caller.</summary>
/// <remarks>
/// All of them, at once, also in the middle of an event, except that
/// 1. nothing goes on after an event in which the upstream reports an error, since a client that does not know such events
///    would take a <c>[DONE]</c> behind it for a complete answer;
/// 2. such an event is left out itself if it holds what the caller must not see;
/// 3. the usage chunk is left out if it is to be hidden.
/// What may have to be left out is held until it is complete: with 3 every event, with 2 one that looks like an error. An
/// event larger than <see cref="MaxHeldBytes"/> is neither and is no longer held. A run of whole events in which the marker
/// sees nothing but text goes on without being taken apart.
/// </remarks>
public sealed class RelayFilter(TerminalMarker marker, bool hideUsageChunk, UpstreamErrorCheck? mayPassError = null, StreamUsageReader? usage = null) : IDisposable
{
    public const int MaxHeldBytes = 64 * 1024;

    private readonly SseEventAssembler _events = new();
    private int _held;
    private bool _midEvent;
    private bool _lastLeftOut;

    /// <summary>What the caller has so far ends between two events.</summary>
    public bool AtBoundary => !_midEvent;

    /// <summary>An event had an id, which clients keep to the end of the stream.</summary>
    public bool HasIds { get; private set; }

    /// <summary>The upstream reported an error that the caller must not see.</summary>
    public bool ErrorWithheld { get; private set; }

    /// <summary>Puts what may go to the caller now into <paramref name="output"/>.</summary>
    public void Filter(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        var plain = PlainRun(piece);
        if (plain > 0)
        {
            output.Write(piece[..plain]);
            usage?.ObserveRun(piece[..plain]);
            HasIds = HasIds || piece.StartsWith("id:"u8) || piece[..plain].IndexOf("\nid:"u8) >= 0;
            _lastLeftOut = false;
        }

        if (plain < piece.Length)
        {
            FilterByEvent(piece[plain..], output);
        }
    }

    /// <summary>The upstream has ended: judges and releases an event that lacks its blank line.</summary>
    public void Complete(IBufferWriter<byte> output)
    {
        var unfinished = _events.Unfinished;
        if (!unfinished.IsEmpty && !marker.ErrorSeen && !IsLeftOut(unfinished) && _held > 0)
        {
            output.Write(unfinished[^_held..]);
            _midEvent = true;
        }
    }

    public void Dispose() => _events.Dispose();

    /// <summary>Length of the whole events at the beginning of the piece that need no look at each of them.</summary>
    private int PlainRun(ReadOnlySpan<byte> piece)
    {
        if (!_events.IsBetweenEvents || _midEvent)
        {
            return 0;
        }

        var end = piece.LastIndexOf("\n\n"u8) + 2;
        if (end < 2 || piece[..end].Contains((byte)'\r'))
        {
            return 0;
        }

        var plain = marker.PlainLength(piece[..end]);
        if (plain < end)
        {
            end = piece[..plain].LastIndexOf("\n\n"u8) + 2;
        }

        return end < 2 ? 0 : end;
    }

    private void FilterByEvent(ReadOnlySpan<byte> piece, IBufferWriter<byte> output)
    {
        var start = _events.TakeTail(piece);
        var unsent = _lastLeftOut ? start : 0;
        var rest = piece[start..];
        while (!marker.ErrorSeen && _events.TryRead(ref rest, out var bytes))
        {
            var end = piece.Length - rest.Length;
            _lastLeftOut = IsLeftOut(bytes);
            if (_lastLeftOut)
            {
                output.Write(piece[unsent..start]);
                unsent = end;
            }
            else
            {
                SendHeld(bytes[..^(end - start)], output);
                _midEvent = false;
            }

            _held = 0;
            start = end;
        }

        if (marker.ErrorSeen)
        {
            output.Write(piece[unsent..start]);
        }
        else
        {
            FilterUnfinished(piece, unsent, start, output);
        }
    }

    private void FilterUnfinished(ReadOnlySpan<byte> piece, int unsent, int start, IBufferWriter<byte> output)
    {
        var part = piece.Length - start;
        if (part > 0 && IsHeld(_events.Unfinished))
        {
            output.Write(piece[unsent..start]);
            _held += part;
        }
        else
        {
            SendHeld(_events.Unfinished[..^part], output);
            output.Write(piece[unsent..]);
            _midEvent |= part > 0;
        }
    }

    /// <param name="earlier">What came of the event before the present piece; its last bytes are those held.</param>
    private void SendHeld(ReadOnlySpan<byte> earlier, IBufferWriter<byte> output)
    {
        if (_held > 0)
        {
            output.Write(earlier[^_held..]);
            _held = 0;
        }
    }

    private bool IsHeld(ReadOnlySpan<byte> unfinished) =>
        unfinished.Length <= MaxHeldBytes && ((hideUsageChunk && !_midEvent) || (mayPassError is not null && MayBeError(unfinished)));

    private static bool MayBeError(ReadOnlySpan<byte> unfinished) =>
        unfinished.IndexOf("\"error\""u8) >= 0 || SseEvent.Parse(unfinished).Name.SequenceEqual("error"u8);

    private bool IsLeftOut(ReadOnlySpan<byte> bytes)
    {
        var sseEvent = SseEvent.Parse(bytes);
        marker.Observe(sseEvent);
        HasIds |= sseEvent.HasId;
        usage?.Observe(sseEvent, _events.Missing);
        if (marker.ErrorSeen)
        {
            ErrorWithheld = mayPassError is not null && !mayPassError(sseEvent.Data);
            return ErrorWithheld;
        }

        return hideUsageChunk && !_midEvent && UsageChunk.Detect(sseEvent.Data);
    }
}
