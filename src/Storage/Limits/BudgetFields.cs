using System.Globalization;
using Gateway.Abstractions.Limits;

namespace Gateway.Storage.Limits;

/// <summary>One budget of a limits body.</summary>
public sealed record BudgetFields
{
    public const int MaxRollingHours = 24 * 366;

    private const string IdPrefix = "budget/";
    private const string Rolling = "rolling_";
    private const string Hours = "h";

    /// <summary><see cref="LimitUnit.NanoUsd"/> or <see cref="LimitUnit.TotalTokens"/>.</summary>
    public required LimitUnit Unit { get; init; }

    /// <summary>In the unit.</summary>
    public required long Limit { get; init; }

    public required WindowKind Window { get; init; }

    /// <summary>Of <see cref="WindowKind.RollingHours"/>.</summary>
    public int RollingHours { get; init; }

    public required bool IsHard { get; init; }

    /// <summary>Share of the limit from which on callers are warned.</summary>
    public double? SoftAt { get; init; }

    /// <summary>What a calendar window left unused is added to the next one.</summary>
    public bool RollsOver { get; init; }

    /// <summary>In the unit; added to the limit until <see cref="RaisedUntil"/>.</summary>
    public long Raise { get; init; }

    public DateTimeOffset? RaisedUntil { get; init; }

    /// <summary>Such as <c>budget/usd/month</c>.</summary>
    public string Id => $"{IdPrefix}{UnitName}/{WindowName}";

    public string UnitName => Unit == LimitUnit.NanoUsd ? "usd" : "tokens";

    private string WindowName => Window == WindowKind.RollingHours
        ? string.Create(CultureInfo.InvariantCulture, $"{Rolling}{RollingHours}{Hours}")
        : LimitNames.Name(Window);

    /// <summary>Which window a budget with this <see cref="Id"/> has.</summary>
    internal static bool TryFindWindow(string id, out WindowKind window, out int rollingHours)
    {
        (window, rollingHours) = (WindowKind.RollingHours, 0);
        var name = id.AsSpan(id.LastIndexOf('/') + 1);
        if (!id.StartsWith(IdPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        if (name.StartsWith(Rolling) && name.EndsWith(Hours))
        {
            return int.TryParse(name[Rolling.Length..^Hours.Length], NumberStyles.None, CultureInfo.InvariantCulture, out rollingHours) && rollingHours is >= 1 and <= MaxRollingHours;
        }

        foreach (var calendar in (ReadOnlySpan<WindowKind>)[WindowKind.Day, WindowKind.Week, WindowKind.Month])
        {
            if (name.SequenceEqual(LimitNames.Name(calendar)))
            {
                window = calendar;
                return true;
            }
        }

        return false;
    }

    public WindowLimit ToWindow() => new()
    {
        Id = Id,
        Unit = Unit,
        Window = Window,
        RollingHours = RollingHours,
        Limit = Limit,
        IsHard = IsHard,
        SoftAt = SoftAt,
        Raise = Raise,
        RaisedUntil = RaisedUntil,
        RollsOver = RollsOver,
        IsBudget = true,
    };
}
