using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Usage.Metering;

/// <summary>Reads a <c>usage</c> object in the shapes that providers give it.</summary>
/// <remarks>
/// A whole number from 0 to <see cref="UsageCounts.Largest"/> is a count, a fraction in that range is rounded up; anything else counts
/// as absent. Of a kind under several names the largest number counts.
/// </remarks>
internal static class UsageObject
{
    /// <summary>Zero counts unless <paramref name="json"/> is a whole object.</summary>
    public static UsageCounts Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return Read(new Utf8JsonReader(json));
        }
        catch (JsonException)
        {
            // Whoever cannot write JSON cannot be trusted with a part of it.
            return default;
        }
    }

    private static UsageCounts Read(Utf8JsonReader reader)
    {
        var counts = default(Builder);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var kind = Kind(ref reader, Side.Whole);
            var side = DetailSide(ref reader);
            reader.Read();
            if (side is not Side.Whole && reader.TokenType == JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var detail = Kind(ref reader, side);
                    reader.Read();
                    counts.Add(detail, Count(ref reader));
                    reader.Skip();
                }
            }
            else
            {
                counts.Add(kind, Count(ref reader));
                reader.Skip();
            }
        }

        return counts.Build();
    }

    private static Side DetailSide(ref Utf8JsonReader reader) =>
        reader.TextIs("prompt_tokens_details"u8) || reader.TextIs("input_tokens_details"u8) ? Side.Input
        : reader.TextIs("completion_tokens_details"u8) || reader.TextIs("output_tokens_details"u8) ? Side.Output
        : Side.Whole;

    private static UsageKind Kind(ref Utf8JsonReader reader, Side side)
    {
        foreach (var (name, of, kind) in UsageNames.All)
        {
            if (of == side && reader.TextIs(name))
            {
                return kind;
            }
        }

        return UsageKind.None;
    }

    private static long? Count(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number)
        {
            return null;
        }

        if (!reader.TryGetInt64(out var count))
        {
            if (!reader.TryGetDecimal(out var number) || number is < 0 or > UsageCounts.Largest)
            {
                return null;
            }

            count = (long)decimal.Ceiling(number);
        }

        return count is >= 0 and <= UsageCounts.Largest ? count : null;
    }

    private struct Builder
    {
        private UsageCounts _counts;
        private bool _hasAnthropicInput;
        private bool _hasAnthropicCache;
        private bool _hasOtherInput;

        public void Add(UsageKind kind, long? count)
        {
            if (count is null || kind is UsageKind.None)
            {
                return;
            }

            _hasAnthropicInput |= kind is UsageKind.AnthropicInput;
            _hasOtherInput |= kind is UsageKind.Input;
            _hasAnthropicCache |= kind is UsageKind.AnthropicCacheRead or UsageKind.AnthropicCacheWrite;
            _counts = UsageCounts.Latest(_counts, kind switch
            {
                UsageKind.Input or UsageKind.AnthropicInput => new UsageCounts { Input = count },
                UsageKind.Output => new UsageCounts { Output = count },
                UsageKind.Total => new UsageCounts { Total = count },
                UsageKind.Cached or UsageKind.AnthropicCacheRead => new UsageCounts { CachedInput = count },
                UsageKind.CacheWrite or UsageKind.AnthropicCacheWrite => new UsageCounts { CacheWrite = count },
                UsageKind.Reasoning => new UsageCounts { Reasoning = count },
                UsageKind.AudioInput => new UsageCounts { AudioInput = count },
                _ => new UsageCounts { AudioOutput = count },
            });
        }

        public readonly UsageCounts Build() => _counts with { CachesStandBeside = _hasAnthropicInput && _hasAnthropicCache && !_hasOtherInput };
    }
}
