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

    public static TerminalMarker For(Operation operation) =>
        operation == Operation.Responses ? new ResponsesMarker() : new ChoicesMarker();

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

    protected abstract void ObserveAnswer(SseEvent sseEvent);
}
