using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.Windows;

namespace Gateway.Grains.Limits;

/// <summary>What budgets begin with.</summary>
internal sealed partial class QuotaBook
{
    /// <summary>Those that nothing is granted from, and no state is written with, until <see cref="Begin"/>.</summary>
    /// <param name="now">Of a clock that is right: what it takes for not begun is read from the ledger and added.</param>
    public IReadOnlyList<BudgetBegin> ToBegin(long now)
    {
        if (_mayHaveBeenAway)
        {
            _mayHaveBeenAway = false;
            BeginAnewWhatMayHaveBeenAway(now);
        }

        return [.. _limits.Rules.Where(rule => !_budgets.HasBegun(rule)).Select(rule => BeginOf(rule, now))];
    }

    /// <summary>What was spent before counts as settled for good.</summary>
    public void Begin(BudgetSpend spend)
    {
        foreach (var part in spend.Parts.Where(part => part.Units > 0))
        {
            var period = spend.Begin.PeriodOf(part);
            _ledger.Spend(spend.Begin.WindowId, period, period + spend.Begin.Span, Math.Min(part.Units, QuotaRules.MaxTotal));
        }

        _budgets.Begin(spend.Begin.WindowId);
    }

    /// <summary>
    /// With newer limits a budget may have been away, and nobody asks here for a subject without limits: what was spent meanwhile is known to the
    /// ledger only. Where nothing was granted in its present window, nothing is counted twice.
    /// </summary>
    private void BeginAnewWhatMayHaveBeenAway(long now)
    {
        foreach (var rule in _limits.Rules.Where(rule => rule.Window.IsBudget))
        {
            var slot = SlotOf(rule, now);
            if (rule.IsCalendar ? slot.Opens is not null : _ledger.Count(rule.Id, slot, now).Taken == 0)
            {
                _budgets.BeginAnew(rule.Id);
            }
        }
    }

    private BudgetBegin BeginOf(WindowRule rule, long now)
    {
        var slot = SlotOf(rule, now);
        if (rule.IsCalendar)
        {
            // All of it, since another machine's clock may be ahead.
            var length = slot.FreeAt - slot.Period;
            return new BudgetBegin(rule.Id, rule.Window.Unit, slot.Period, slot.FreeAt, length, slot.Period, length);
        }

        return new BudgetBegin(rule.Id, rule.Window.Unit, rule.SlotAt(now - rule.Length), now + QuotaRules.ClockDifference, rule.SlotLength, slot.Period, rule.SlotSpan);
    }
}
