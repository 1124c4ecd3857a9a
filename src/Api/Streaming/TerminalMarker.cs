using Gateway.Api.Forwarding.Attempts;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>Watches the events of one stream for the sign that the answer is complete.</summary>
public abstract class TerminalMarker
{
    /// <summary>The answer is complete: the stream may end.</summary>
    public abstract bool Reached { get; }

    /// <summary>Nothing of meaning can follow.</summary>
    public abstract bool Final { get; }

    /// <summary>The upstream itself said in the stream that it failed.</summary>
    public bool ErrorSeen { get; private set; }

    /// <summary>The status that the error states; null: none.</summary>
    public int? StatedStatus { get; private set; }

    /// <param name="choices">As many as the caller asked for, at least 1; of no meaning to Responses.</param>
    public static TerminalMarker For(Operation operation, long choices = 1) =>
        operation == Operation.Responses ? new ResponsesMarker() : new ChoicesMarker(choices);

    /// <param name="sseEvent">A whole event, or the beginning of one larger than <see cref="SseEventAssembler.MaxEventBytes"/>.</param>
    public void Observe(SseEvent sseEvent)
    {
        if (!sseEvent.HasData || Final)
        {
            return;
        }

        if (IsError(sseEvent, besideAnswer: true))
        {
            ErrorSeen = true;
            StatedStatus = AnswerStatus.StatedIn(sseEvent.Data);
        }
        else
        {
            ObserveAnswer(sseEvent);
        }
    }

    /// <summary>True for an event that reports a failure instead of carrying a part of the answer.</summary>
    /// <param name="besideAnswer">Also where parts of an answer stand beside the error.</param>
    public static bool IsError(SseEvent sseEvent, bool besideAnswer) =>
        sseEvent.Name.SequenceEqual("error"u8)
        || (besideAnswer ? ErrorInSuccess.DetectBesideAnswer(sseEvent.Data) : ErrorInSuccess.Detect(sseEvent.Data));

    /// <summary>
    /// Length of the beginning that changes nothing here, reports no error and holds no usage: what stands there may go on
    /// unread. A few vectorised searches over many events cost less than reading each of them.
    /// </summary>
    /// <param name="events">Begins between two events; lines end with LF.</param>
    public int PlainLength(ReadOnlySpan<byte> events)
    {
        if (ErrorSeen || Final)
        {
            return 0;
        }

        // Bare: it stands in the event's name as well as in its data.
        events = Before(events, "error"u8);
        events = BeforeOtherValue(events, "\"usage\""u8, (byte)'n');
        return PlainAnswerLength(events);
    }

    protected abstract void ObserveAnswer(SseEvent sseEvent);

    protected abstract int PlainAnswerLength(ReadOnlySpan<byte> events);

    protected static ReadOnlySpan<byte> Before(ReadOnlySpan<byte> events, ReadOnlySpan<byte> sign)
    {
        var at = events.IndexOf(sign);
        return at < 0 ? events : events[..at];
    }

    /// <summary>What stands before the first value of that name which begins with anything else than <paramref name="first"/>.</summary>
    protected static ReadOnlySpan<byte> BeforeOtherValue(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName, byte first)
    {
        var rest = json;
        for (var at = rest.IndexOf(quotedName); at >= 0; at = rest.IndexOf(quotedName))
        {
            var name = json.Length - rest.Length + at;
            rest = rest[(at + quotedName.Length)..].TrimStart(" \t:"u8);
            if (rest.IsEmpty || rest[0] != first)
            {
                return json[..name];
            }
        }

        return json;
    }
}
