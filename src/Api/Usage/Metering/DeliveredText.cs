using System.Runtime.InteropServices;
using Gateway.Api.Http;

namespace Gateway.Api.Usage.Metering;

/// <summary>Estimates the tokens of what a stream delivered, without reading its events.</summary>
/// <remarks>
/// Of choices: every event is a token at least, and holds text of four bytes a token beyond the smallest event that was seen, since
/// the events of one stream differ in little else.
/// Of responses: every <c>delta</c> is a token at least, and four bytes of it are one; its events differ too much for the rule above,
/// and repeat at their ends what the deltas said.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal struct DeliveredText(Operation operation)
{
    private int _smallest = int.MaxValue;
    private long _events;
    private long _bytes;

    public readonly long Tokens
    {
        get
        {
            var frame = operation == Operation.Responses || _events == 0 ? 0 : _events * _smallest;
            return Math.Max(_events, TokenRule.Tokens(Math.Max(0, _bytes - frame)));
        }
    }

    /// <param name="data">Of one event.</param>
    /// <param name="missing">Bytes that it has beyond these.</param>
    public void AddEvent(ReadOnlySpan<byte> data, long missing)
    {
        if (operation == Operation.Responses)
        {
            AddDeltas(data);
        }
        else if (data is [(byte)'{', ..])
        {
            Count(data.Length, missing);
        }
    }

    /// <param name="events">Whole events whose lines end with LF; comments, names and ids may stand between.</param>
    public void AddRun(ReadOnlySpan<byte> events)
    {
        if (operation == Operation.Responses)
        {
            AddDeltas(events);
            return;
        }

        var length = 0;
        var isJson = false;
        while (events.IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = events[..end];
            events = events[(end + 1)..];
            if (line.StartsWith("data:"u8))
            {
                line = line["data:".Length..];
                line = line is [(byte)' ', .. var value] ? value : line;
                isJson = length == 0 ? line is [(byte)'{', ..] : isJson;
                length += length == 0 ? line.Length : line.Length + 1;
            }
            else if (line.IsEmpty)
            {
                Count(isJson ? length : 0, 0);
                (length, isJson) = (0, false);
            }
        }
    }

    private void Count(int length, long missing)
    {
        if (length > 0)
        {
            _events++;
            _bytes += length + missing;
            _smallest = Math.Min(_smallest, length);
        }
    }

    private void AddDeltas(ReadOnlySpan<byte> json)
    {
        var sign = "\"delta\":"u8;
        for (var at = json.IndexOf(sign); at >= 0; at = json.IndexOf(sign))
        {
            json = json[(at + sign.Length)..].TrimStart((byte)' ');
            if (json is [(byte)'"', .. var text])
            {
                json = text[TextLength(text)..];
                _events++;
                _bytes += text.Length - json.Length;
            }
        }
    }

    private static int TextLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (text[length..].IndexOfAny((byte)'"', (byte)'\\') is var at and >= 0)
        {
            length += at;
            if (text[length] == (byte)'"')
            {
                return length;
            }

            length = Math.Min(length + 2, text.Length);
        }

        return text.Length;
    }
}
