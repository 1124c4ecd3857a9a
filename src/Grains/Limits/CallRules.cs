using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits;

/// <summary>Bounds of what a caller may send.</summary>
internal static class CallRules
{
    private const int MaxRollingHours = 24 * 366;

    /// <exception cref="ArgumentException">A bound is not kept.</exception>
    public static void Check(AcquireCall call)
    {
        Check(call.Limits);
        Check(call.Report);
        Require(call.Session == call.Report.Session && call.CallNumber > 0, "A call and its report belong to one session.");
        Require(!call.Wishes.IsDefault && call.Wishes.Length <= QuotaRules.MaxWindows, "A call has at most 64 wishes.");
        Require(call.Wishes.All(wish => IsName(wish.WindowId) && wish.Minimum is >= 1 and <= QuotaRules.MaxTotal && wish.Desired >= wish.Minimum), "A wish is for 1 or more.");
        Require(call.Wishes.All(wish => wish.Waiting >= 0 && wish.Waiting <= wish.Desired), "Requests wait for a part of what is desired.");
        Require(call.Wishes.Select(wish => wish.WindowId).Distinct(StringComparer.Ordinal).Count() == call.Wishes.Length, "A window is wished for once.");
        Require(call.MinimumPermits >= 0 && call.DesiredPermits >= 0, "Permits are not negative.");
    }

    /// <inheritdoc cref="Check(AcquireCall)"/>
    public static void Check(SessionReport report)
    {
        Require(IsName(report.Session), "A session has a name of at most 256 characters.");
        Require(!report.Totals.IsDefault && report.Totals.Length <= SessionReport.MaxTotals && report.Totals.All(total => IsName(total.WindowId)), "A report has at most 20,000 totals.");
    }

    /// <inheritdoc cref="Check(AcquireCall)"/>
    public static void Check(SubjectLimits limits)
    {
        Require(!limits.Windows.IsDefault && limits.Windows.Length <= QuotaRules.MaxWindows, "There are at most 64 windows.");
        Require(limits.Windows.All(IsWindow), "A window has a name, and a limit of 1 or more.");
        Require(limits.Windows.Select(window => window.Id).Distinct(StringComparer.Ordinal).Count() == limits.Windows.Length, "A window is limited once.");
        Require(limits.Concurrency is null or >= 0, "Concurrency is not negative.");
    }

    private static bool IsWindow(WindowLimit window) =>
        IsName(window.Id)
        && window.Limit is >= 1 and <= QuotaRules.MaxLimit
        && window.Raise is >= 0 and <= QuotaRules.MaxLimit
        && Enum.IsDefined(window.Window)
        && (window.Window != WindowKind.RollingHours || window.RollingHours is >= 1 and <= MaxRollingHours);

    private static bool IsName(string? name) => name is { Length: > 0 and <= QuotaRules.MaxNameLength };

    private static void Require(bool isKept, string rule)
    {
        if (!isKept)
        {
            throw new ArgumentException(rule);
        }
    }
}
