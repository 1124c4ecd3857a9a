using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Limits.Budgets;

/// <summary>What must be known before a budget counts. Times are Unix milliseconds.</summary>
/// <param name="From">Begin of the window.</param>
/// <param name="Step">Length of its periods.</param>
/// <param name="Present">Begin of the period that counts now.</param>
/// <param name="Span">From the begin of a period until its units are free again.</param>
internal sealed record BudgetBegin(string WindowId, LimitUnit Unit, long From, long To, long Step, long Present, long Span)
{
    public SpendQuestion QuestionOf(string subject) => new(
        subject, Unit, DateTimeOffset.FromUnixTimeMilliseconds(From), DateTimeOffset.FromUnixTimeMilliseconds(To), TimeSpan.FromMilliseconds(Step));

    public long PeriodOf(in SpentPart part) => Math.Min(From + (part.Index * Step), Present);
}
