using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Storage.Limits;

/// <summary>More of one budget until a time.</summary>
public sealed class BudgetRaise
{
    private readonly BudgetFields _budget;

    private BudgetRaise(BudgetFields budget) => _budget = budget;

    /// <param name="body"><c>{"usd" or "tokens", "window", "until"}</c>.</param>
    /// <returns>Null: see the problem.</returns>
    public static BudgetRaise? Read(JsonElement body, out LimitProblem? problem)
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            problem = new LimitProblem("", "must be a JSON object");
            return null;
        }

        string[] known = ["usd", "tokens", "window", "until"];
        if (body.EnumerateObject().Select(field => field.Name).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            problem = new LimitProblem(unknown[..Math.Min(unknown.Length, LimitDocumentReader.MaxNameShown)], "is no field of a raise");
            return null;
        }

        if (!body.TryGetProperty("until", out var until) || LimitValues.Time(until, "until", out problem) is not { } end)
        {
            problem = new LimitProblem("until", "must be a time like '2030-12-31T23:59:59Z'");
            return null;
        }

        var amount = JsonObject.Create(body)!;
        amount.Remove("until");
        var budgets = JsonSerializer.SerializeToElement(new JsonArray(amount.DeepClone()));
        if (BudgetReader.ReadAll(budgets, "", out problem) is not [{ } budget])
        {
            problem = problem! with { Field = problem.Field.TrimStart('[', '0', ']', '.') };
            return null;
        }

        return new BudgetRaise(budget with { RaisedUntil = end });
    }

    /// <summary>
    /// Raises the budget wherever the limits name it, since an override replaces all budgets while it lasts. Overrides to come have it too: it
    /// ends by its own time, and takes the place of an earlier raise everywhere.
    /// </summary>
    /// <returns>Null: neither the limits nor an override that holds before the raise ends have a budget of this unit and window.</returns>
    public LimitDocument? ApplyTo(LimitDocument document, DateTimeOffset now)
    {
        var isNamed = Names(document.Fields)
            || document.Overrides.Any(item => Names(item.Fields) && !(item.To <= now) && (item.Holds(now) || item.From < _budget.RaisedUntil));
        return !isNamed ? null : document with
        {
            Fields = Raised(document.Fields),
            Overrides = [.. document.Overrides.Select(item => item.To <= now ? item : item with { Fields = Raised(item.Fields) })],
        };
    }

    private bool Names(LimitFields fields) => fields.Budgets?.Any(budget => budget.Id == _budget.Id) == true;

    private LimitFields Raised(LimitFields fields) => Names(fields)
        ? fields with { Budgets = [.. fields.Budgets!.Value.Select(budget => budget.Id == _budget.Id ? budget with { Raise = _budget.Limit, RaisedUntil = _budget.RaisedUntil } : budget)] }
        : fields;
}
