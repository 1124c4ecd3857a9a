namespace Gateway.Storage.Limits;

/// <summary>What is wrong with a limits body.</summary>
/// <param name="Field">Path of the field: <c>budgets[0].usd</c>; empty: the body itself.</param>
/// <param name="Rule">What it must be: "must be …".</param>
public sealed record LimitProblem(string Field, string Rule)
{
    public override string ToString() => Field.Length == 0 ? $"The body {Rule}." : $"'{Field}' {Rule}.";
}
