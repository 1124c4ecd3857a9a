using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gateway.Abstractions.Limits;

namespace Gateway.Storage.Limits;

/// <summary>Reads <c>budgets</c> of a limits body.</summary>
internal static class BudgetReader
{
    public const decimal NanoPerUsd = 1_000_000_000m;
    private const decimal MaxUsd = 1_000_000_000m;

    public static ImmutableArray<BudgetFields>? ReadAll(JsonElement value, string path, out LimitProblem? problem)
    {
        problem = null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > LimitDocumentReader.MaxBudgets)
        {
            problem = new LimitProblem(path, $"must be a list of at most {LimitDocumentReader.MaxBudgets} objects");
            return null;
        }

        var budgets = ImmutableArray.CreateBuilder<BudgetFields>();
        foreach (var item in value.EnumerateArray())
        {
            var itemPath = string.Create(CultureInfo.InvariantCulture, $"{path}[{budgets.Count}]");
            if (Read(item, itemPath, out problem) is not { } budget)
            {
                return null;
            }

            if (budgets.Any(other => other.Id == budget.Id))
            {
                problem = new LimitProblem(itemPath, "is a second budget of the same unit and window");
                return null;
            }

            budgets.Add(budget);
        }

        return budgets.ToImmutable();
    }

    private static BudgetFields? Read(JsonElement item, string path, out LimitProblem? problem)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            problem = new LimitProblem(path, "must be an object");
            return null;
        }

        if (ReadAmount(item, path, out problem) is not var (unit, limit) || ReadWindow(item, path, out problem) is not var (window, hours))
        {
            return null;
        }

        var budget = new BudgetFields { Unit = unit, Limit = limit, Window = window, RollingHours = hours, IsHard = unit == LimitUnit.NanoUsd };
        foreach (var field in item.EnumerateObject())
        {
            var full = $"{path}.{field.Name}";
            switch (field.Name)
            {
                case "usd" or "tokens" or "window":
                    break;
                case "mode" when field.Value.ValueKind == JsonValueKind.String && field.Value.GetString() is "hard" or "soft":
                    budget = budget with { IsHard = field.Value.ValueEquals("hard") };
                    break;
                case "mode":
                    problem = new LimitProblem(full, "must be 'hard' or 'soft'");
                    break;
                case "soft_at":
                    budget = budget with { SoftAt = ReadShare(field.Value, full, out problem) };
                    break;
                case "rollover" when field.Value.ValueKind is JsonValueKind.True or JsonValueKind.False && (window != WindowKind.RollingHours || !field.Value.GetBoolean()):
                    budget = budget with { RollsOver = field.Value.GetBoolean() };
                    break;
                case "rollover":
                    problem = new LimitProblem(full, "must be true or false, and true only for a calendar window");
                    break;
                case "raise":
                    budget = ReadRaise(budget, field.Value, full, out problem);
                    break;
                default:
                    problem = new LimitProblem(full.Length <= 128 ? full : full[..128], "is no field of a budget");
                    break;
            }

            if (problem is not null)
            {
                return null;
            }
        }

        return budget;
    }

    private static (LimitUnit Unit, long Limit)? ReadAmount(JsonElement item, string path, out LimitProblem? problem)
    {
        problem = null;
        var hasUsd = item.TryGetProperty("usd", out var usd);
        var hasTokens = item.TryGetProperty("tokens", out var tokens);
        if (hasUsd == hasTokens)
        {
            problem = new LimitProblem(path, "must have one of 'usd' and 'tokens'");
            return null;
        }

        return hasUsd
            ? Usd(usd, path + ".usd", out problem) is { } nano ? (LimitUnit.NanoUsd, nano) : null
            : LimitValues.Whole(tokens, path + ".tokens", 1, LimitDocumentReader.MaxCount, out problem) is { } count ? (LimitUnit.TotalTokens, count) : null;
    }

    private static long? Usd(JsonElement value, string path, out LimitProblem? problem)
    {
        problem = null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var usd) && usd is > 0 and <= MaxUsd && usd * NanoPerUsd >= 1)
        {
            return (long)(usd * NanoPerUsd);
        }

        problem = new LimitProblem(path, "must be an amount above 0 and up to 1000000000");
        return null;
    }

    private static (WindowKind Window, int Hours)? ReadWindow(JsonElement item, string path, out LimitProblem? problem)
    {
        problem = null;
        item.TryGetProperty("window", out var window);
        if (window.ValueKind == JsonValueKind.String && window.GetString() is "day" or "week" or "month")
        {
            return (Enum.Parse<WindowKind>(window.GetString()!, ignoreCase: true), 0);
        }

        if (window.ValueKind == JsonValueKind.Object && window.EnumerateObject().Count() == 1 && window.TryGetProperty("rolling_hours", out var hours))
        {
            return LimitValues.Whole(hours, path + ".window.rolling_hours", 1, BudgetFields.MaxRollingHours, out problem) is { } count ? (WindowKind.RollingHours, (int)count) : null;
        }

        problem = new LimitProblem(path + ".window", "must be 'day', 'week', 'month' or {\"rolling_hours\": n}");
        return null;
    }

    private static double? ReadShare(JsonElement value, string path, out LimitProblem? problem)
    {
        problem = null;
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var share) && share is > 0 and <= 1)
        {
            return share;
        }

        problem = new LimitProblem(path, "must be above 0 and at most 1");
        return null;
    }

    private static BudgetFields ReadRaise(BudgetFields budget, JsonElement value, string path, out LimitProblem? problem)
    {
        problem = null;
        if (value.ValueKind == JsonValueKind.Null)
        {
            return budget;
        }

        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Count() != 2
            || !value.TryGetProperty(budget.UnitName, out var amount) || !value.TryGetProperty("until", out var until))
        {
            problem = new LimitProblem(path, $"must be {{\"{budget.UnitName}\": …, \"until\": …}}");
            return budget;
        }

        var raise = budget.Unit == LimitUnit.NanoUsd
            ? Usd(amount, path + ".usd", out problem)
            : LimitValues.Whole(amount, path + ".tokens", 1, LimitDocumentReader.MaxCount, out problem);
        if (problem is not null || LimitValues.Time(until, path + ".until", out problem) is not { } end)
        {
            problem ??= new LimitProblem(path + ".until", "must be a time like '2030-12-31T23:59:59Z'");
            return budget;
        }

        return budget with { Raise = raise!.Value, RaisedUntil = end };
    }
}
