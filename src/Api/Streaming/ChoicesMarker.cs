using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Streaming;

/// <summary>
/// Chat and text completions: complete at <c>[DONE]</c>, or when every choice that was asked for, and every other one seen, has its
/// <c>finish_reason</c>. An upstream that knows no <c>n</c> may say by <c>[DONE]</c> that fewer are all.
/// </summary>
public sealed class ChoicesMarker(long choices) : TerminalMarker
{
    private UInt128 _seen;
    private UInt128 _finished;
    private bool _done;

    public override bool Reached => _done || (_seen == _finished && (long)UInt128.PopCount(_finished) >= choices);

    public override bool Final => _done;

    protected override void ObserveAnswer(SseEvent sseEvent)
    {
        var data = sseEvent.Data;
        if (data.Trim((byte)' ').SequenceEqual("[DONE]"u8))
        {
            _done = true;
            return;
        }

        // Nearly every event is a delta of choice 0 that finishes nothing; a search tells so without parsing. Inside of
        // JSON strings quotes are escaped, so that these patterns match nothing but names and whole values.
        if ((_seen & UInt128.One) != UInt128.Zero && EveryValueStartsWith(data, "\"finish_reason\""u8, (byte)'n') && EveryValueStartsWith(data, "\"index\""u8, (byte)'0'))
        {
            return;
        }

        try
        {
            ReadChoices(data);
        }
        catch (JsonException)
        {
            // Passed on as it is: the client's parser is the judge of it, and what cannot be read finishes nothing.
        }
    }

    protected override int PlainAnswerLength(ReadOnlySpan<byte> events)
    {
        if ((_seen & UInt128.One) == UInt128.Zero)
        {
            return 0;
        }

        events = Before(events, "[DONE]"u8);
        events = BeforeOtherValue(events, "\"finish_reason\""u8, (byte)'n');
        return BeforeOtherValue(events, "\"index\""u8, (byte)'0').Length;
    }

    private static bool EveryValueStartsWith(ReadOnlySpan<byte> json, ReadOnlySpan<byte> quotedName, byte first) =>
        BeforeOtherValue(json, quotedName, first).Length == json.Length;

    private void ReadChoices(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, state: default);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isChoices = reader.TextIs("choices"u8);
            if (!reader.Read())
            {
                return;
            }

            if (isChoices && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadChoice(ref reader);
                }
            }
            else if (!reader.TrySkip())
            {
                return;
            }
        }
    }

    private void ReadChoice(ref Utf8JsonReader reader)
    {
        var index = 0;
        var finished = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isIndex = reader.TextIs("index"u8);
            var isReason = reader.TextIs("finish_reason"u8);
            if (!reader.Read())
            {
                break;
            }

            if (isIndex && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            {
                index = number;
            }

            // Some upstreams write an empty one into every delta.
            finished |= isReason && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty;
            if (!reader.TrySkip())
            {
                break;
            }
        }

        // The API's bound on n is 128; beyond it only [DONE] counts.
        if (index is >= 0 and < 128)
        {
            _seen |= UInt128.One << index;
            _finished |= finished ? UInt128.One << index : UInt128.Zero;
        }
    }
}
