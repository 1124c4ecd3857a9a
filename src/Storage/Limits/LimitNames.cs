using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Storage.Limits;

/// <summary>Field names of rates: <c>&lt;unit&gt;_per_&lt;window&gt;</c>.</summary>
public static class LimitNames
{
    /// <summary>Windows of a provider's account: <c>limits</c> of its entries.</summary>
    public const string AccountRequests = "rpm";

    /// <inheritdoc cref="AccountRequests"/>
    public const string AccountTokens = "tpm";

    private static readonly FrozenDictionary<string, (LimitUnit Unit, WindowKind Window)> ByName = Names().ToFrozenDictionary(StringComparer.Ordinal);

    public static ImmutableArray<string> Rates { get; } = [.. ByName.Keys.Order(StringComparer.Ordinal)];

    public static bool IsRate(string name) => ByName.ContainsKey(name);

    public static string Name(WindowKind window) => window.ToString().ToLowerInvariant();

    /// <summary>Tokens are counted after the fact and reserved by a guess; requests are known beforehand.</summary>
    public static WindowLimit Window(string name, long limit)
    {
        var (unit, window) = ByName[name];
        return new WindowLimit { Id = name, Unit = unit, Window = window, Limit = limit, IsHard = unit == LimitUnit.Requests };
    }

    /// <summary>What kind of window has this id: a rate, a budget, or one of an account.</summary>
    /// <param name="rollingHours">0 unless it rolls.</param>
    public static bool TryFindWindow(string id, out WindowKind window, out int rollingHours)
    {
        (window, rollingHours) = (WindowKind.Minute, 0);
        if (ByName.TryGetValue(id, out var rate))
        {
            window = rate.Window;
            return true;
        }

        return id is AccountRequests or AccountTokens || BudgetFields.TryFindWindow(id, out window, out rollingHours);
    }

    private static IEnumerable<KeyValuePair<string, (LimitUnit Unit, WindowKind Window)>> Names()
    {
        (string Name, LimitUnit Unit)[] units =
        [
            ("requests", LimitUnit.Requests), ("tokens", LimitUnit.TotalTokens), ("input_tokens", LimitUnit.InputTokens), ("output_tokens", LimitUnit.OutputTokens),
        ];
        yield return new("requests_per_second", (LimitUnit.Requests, WindowKind.Second));
        foreach (var (name, unit) in units)
        {
            yield return new(name + "_per_minute", (unit, WindowKind.Minute));
            yield return new(name + "_per_day", (unit, WindowKind.Day));
        }
    }
}
