using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Gateway.Storage.Limits;

/// <summary>Reads a limits body. Whatever is not understood is refused: a misspelt field would lift the limit that it was meant to set.</summary>
public static class LimitDocumentReader
{
    public const int MaxOverrides = 50;
    public const int MaxBudgets = 10;
    public const int MaxNameShown = 64;

    /// <summary>Largest value of a rate or of tokens.</summary>
    public const long MaxCount = 1_000_000_000_000_000;

    private const int MaxConcurrency = 1_000_000;

    /// <summary>Null: see the problem.</summary>
    public static LimitDocument? Read(JsonElement body, out LimitProblem? problem)
    {
        problem = null;
        if (body.ValueKind != JsonValueKind.Object)
        {
            problem = new LimitProblem("", "must be a JSON object");
            return null;
        }

        var document = new LimitDocument();
        foreach (var field in body.EnumerateObject())
        {
            document = field.Name == "overrides" ? ReadOverrides(document, field.Value, out problem) : ReadField(document, field, "", out problem);
            if (problem is not null)
            {
                return null;
            }
        }

        problem = CheckTimes(document, "");
        return problem is null ? document : null;
    }

    /// <summary>As <see cref="Read(JsonElement, out LimitProblem?)"/>, of a stored text.</summary>
    public static LimitDocument? Read(string json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json);
            return Read(parsed.RootElement, out _);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static LimitDocument ReadField(LimitDocument document, JsonProperty field, string path, out LimitProblem? problem)
    {
        switch (field.Name)
        {
            case "from":
                return document with { From = LimitValues.Time(field.Value, path + "from", out problem) };
            case "to":
                return document with { To = LimitValues.Time(field.Value, path + "to", out problem) };
            default:
                return document with { Fields = ReadLimit(document.Fields, field, path, out problem) };
        }
    }

    private static LimitFields ReadLimit(LimitFields fields, JsonProperty field, string path, out LimitProblem? problem)
    {
        var name = field.Name;
        var value = field.Value;
        var full = path + name;
        problem = null;
        if (LimitNames.IsRate(name) && value.ValueKind != JsonValueKind.Null)
        {
            return LimitValues.Whole(value, full, 1, MaxCount, out problem) is { } rate ? fields with { Rates = fields.Rates.SetItem(name, rate) } : fields;
        }

        if (value.ValueKind == JsonValueKind.Null && (LimitNames.IsRate(name) || LimitValues.IsKnown(name)))
        {
            return fields with { Lifted = fields.Lifted.Add(name) };
        }

        switch (name)
        {
            case "concurrency":
                return fields with { Concurrency = (int?)LimitValues.Whole(value, full, 1, MaxConcurrency, out problem) };
            case "max_output_tokens":
                return fields with { MaxOutputTokens = LimitValues.Whole(value, full, 1, MaxCount, out problem) };
            case "max_body_bytes":
                return fields with { MaxBodyBytes = LimitValues.Whole(value, full, 1, MaxCount, out problem) };
            case "queue_weight":
                return fields with { QueueWeight = (int?)LimitValues.Whole(value, full, 1, 100, out problem) };
            case "queue_priority":
                return fields with { QueuePriority = (int?)LimitValues.Whole(value, full, 0, 9, out problem) };
            case "time_zone":
                return fields with { TimeZone = LimitValues.TimeZone(value, full, out problem) };
            case "budgets":
                return fields with { Budgets = BudgetReader.ReadAll(value, full, out problem) };
            default:
                var shown = name.Length <= MaxNameShown ? name : name[..MaxNameShown];
                problem = new LimitProblem(path + shown, "is no field of limits");
                return fields;
        }
    }

    private static LimitDocument ReadOverrides(LimitDocument document, JsonElement value, out LimitProblem? problem)
    {
        problem = null;
        if (value.ValueKind == JsonValueKind.Null)
        {
            return document;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxOverrides)
        {
            problem = new LimitProblem("overrides", $"must be a list of at most {MaxOverrides} objects");
            return document;
        }

        var read = ImmutableArray.CreateBuilder<LimitOverride>();
        foreach (var item in value.EnumerateArray())
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"overrides[{read.Count}]");
            if (ReadOverride(item, path, out problem) is not { } one)
            {
                return document;
            }

            read.Add(one);
        }

        return document with { Overrides = read.ToImmutable() };
    }

    private static LimitOverride? ReadOverride(JsonElement item, string path, out LimitProblem? problem)
    {
        problem = null;
        if (item.ValueKind != JsonValueKind.Object)
        {
            problem = new LimitProblem(path, "must be an object");
            return null;
        }

        var part = new LimitDocument();
        foreach (var field in item.EnumerateObject())
        {
            part = ReadField(part, field, path + ".", out problem);
            if (problem is not null)
            {
                return null;
            }
        }

        problem = part is { From: null, To: null } ? new LimitProblem(path, "must have a 'from' or a 'to'") : CheckTimes(part, path + ".");
        return problem is null ? new LimitOverride(part.From, part.To, part.Fields) : null;
    }

    private static LimitProblem? CheckTimes(LimitDocument document, string path) =>
        document.From >= document.To ? new LimitProblem(path + "to", "must be later than 'from'") : null;
}
