using System.Globalization;
using System.Text.Json;

namespace Gateway.Silo.Settings.Prices;

/// <summary>Reads one price of a model. Problems complete the sentence "it has a price that …".</summary>
internal static class PriceFields
{
    private const decimal Largest = 1_000_000m;

    public static string? Read(JsonElement value, out ModelPrice price)
    {
        price = new ModelPrice { Rates = new TokenRates() };
        if (value.ValueKind != JsonValueKind.Object)
        {
            return "is no object";
        }

        foreach (var field in value.EnumerateObject())
        {
            var problem = field.Name switch
            {
                "effective_from" => ReadMoment(field.Value, ref price),
                "long_context" => ReadLongContext(field.Value, ref price),
                "batch" => ReadBatch(field.Value, ref price),
                _ => ReadRate(field, price.Rates, out var rates) ?? Take(ref price, rates),
            };
            if (problem is not null)
            {
                return problem;
            }
        }

        return price.Rates == new TokenRates() ? "states no price" : null;
    }

    private static string? Take(ref ModelPrice price, TokenRates rates)
    {
        price = price with { Rates = rates };
        return null;
    }

    private static string? ReadMoment(JsonElement value, ref ModelPrice price)
    {
        if (value.ValueKind != JsonValueKind.String
            || !DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
        {
            return "has no date (2026-01-31) or time (2026-01-31T08:00:00Z) as \"effective_from\"";
        }

        price = price with { EffectiveFrom = moment };
        return null;
    }

    private static string? ReadLongContext(JsonElement value, ref ModelPrice price)
    {
        if (value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("above_input_tokens", out var above) || above.ValueKind != JsonValueKind.Number || !above.TryGetInt64(out var tokens) || tokens < 1)
        {
            return "has no object with \"above_input_tokens\" as \"long_context\"";
        }

        var problem = ReadRates(value.EnumerateObject().Where(field => field.Name != "above_input_tokens"), out var rates);
        price = price with { LongContext = rates, LongContextAbove = tokens };
        return problem;
    }

    private static string? ReadBatch(JsonElement value, ref ModelPrice price)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return "has no object as \"batch\"";
        }

        var problem = ReadRates(value.EnumerateObject(), out var rates);
        price = price with { Batch = rates };
        return problem;
    }

    private static string? ReadRates(IEnumerable<JsonProperty> fields, out TokenRates rates)
    {
        rates = new TokenRates();
        foreach (var field in fields)
        {
            if (ReadRate(field, rates, out rates) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? ReadRate(JsonProperty field, TokenRates before, out TokenRates rates)
    {
        rates = before;
        if (field.Value.ValueKind != JsonValueKind.Number || !field.Value.TryGetDecimal(out var rate) || rate is < 0 or > Largest)
        {
            return $"has no number from 0 to {Largest:0} as \"{field.Name}\"";
        }

        TokenRates? filled = field.Name switch
        {
            "input" => before with { Input = rate },
            "cached_input" => before with { CachedInput = rate },
            "cache_write" => before with { CacheWrite = rate },
            "output" => before with { Output = rate },
            "reasoning" => before with { Reasoning = rate },
            "audio_input" => before with { AudioInput = rate },
            "audio_output" => before with { AudioOutput = rate },
            _ => null,
        };
        rates = filled ?? before;
        return filled is null ? $"has the unknown field \"{field.Name}\"" : null;
    }
}
