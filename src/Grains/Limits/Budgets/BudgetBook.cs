using Gateway.Grains.Limits.State;
using Gateway.Grains.Limits.Windows;

namespace Gateway.Grains.Limits.Budgets;

/// <summary>
/// Which budgets go on from what is stored.
/// <list type="number">
/// <item>One that is new, or whose state is gone, begins with what the ledger says was spent in its window so far. Nothing is granted before.</item>
/// <item>That it has begun is stored by the same write as what it began with: a write that fails, or another activation, counts nothing twice.</item>
/// <item>One that is taken away goes on for as long as something of its window is known. With newer limits it begins anew in a window that nothing
/// was granted in: it may have been away unnoticed.</item>
/// </list>
/// </summary>
internal sealed class BudgetBook
{
    private const int FirstSchema = 2;

    private readonly HashSet<string> _begun;

    // An older version began all that it knew of, with nothing.
    public BudgetBook(QuotaState stored) => _begun = new(
        stored.Schema >= FirstSchema
            ? stored.Begun
            : [.. (stored.Limits?.Windows ?? []).Select(window => window.Id), .. stored.Calendars.Select(window => window.WindowId), .. stored.Epochs.SelectMany(epoch => epoch.Windows).Select(window => window.WindowId)],
        StringComparer.Ordinal);

    public IEnumerable<string> Begun => _begun.Order(StringComparer.Ordinal);

    public bool HasBegun(WindowRule rule) => !rule.Window.IsBudget || _begun.Contains(rule.Id);

    public void Begin(string windowId) => _begun.Add(windowId);

    /// <summary>What is stored may lack what was spent since.</summary>
    public void BeginAnew(string windowId) => _begun.Remove(windowId);

    public void Trim(Func<string, bool> isKnown) => _begun.RemoveWhere(id => !isKnown(id));
}
