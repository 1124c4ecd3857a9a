using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>Responses API: complete at <c>response.completed</c>, <c>response.failed</c> or <c>response.incomplete</c>.</summary>
public sealed class ResponsesMarker : TerminalMarker
{
    private bool _reached;

    public override bool Reached => _reached;

    public override bool Final => _reached;

    protected override void ObserveAnswer(SseEvent sseEvent) =>
        _reached = sseEvent.Name.StartsWith("response."u8) ? IsTerminal(sseEvent.Name) : HasTerminalType(sseEvent.Data);

    protected override int PlainAnswerLength(ReadOnlySpan<byte> events)
    {
        events = Before(events, "response.completed"u8);
        events = Before(events, "response.failed"u8);
        return Before(events, "response.incomplete"u8).Length;
    }

    private static bool IsTerminal(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.failed"u8) || type.SequenceEqual("response.incomplete"u8);

    /// <summary>For upstreams that leave the <c>event:</c> line out or write a name of their own into it, as <c>message</c>. The type is near the beginning, so a cut event will do.</summary>
    private static bool HasTerminalType(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: false, state: default);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isType = reader.TextIs("type"u8);
                if (!reader.Read())
                {
                    return false;
                }

                if (isType)
                {
                    return reader.TokenType == JsonTokenType.String && IsTerminal(reader.ValueSpan);
                }

                if (!reader.TrySkip())
                {
                    return false;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return false;
    }
}
