namespace Gateway.Storage.Ledger.Writing;

/// <summary>A table of sums and the statement that adds to it.</summary>
internal sealed class SumTable
{
    private static readonly string[] Measures =
        ["requests", "input", "cached_input", "cache_write", "output", "reasoning", "cost_nano_usd", "partial", "interrupted", "estimated"];

    private SumTable(string name)
    {
        Name = name;
        OnConflict = $"ON CONFLICT (bucket, dimension_id) DO UPDATE SET {string.Join(", ", Measures.Select(measure => $"{measure} = {Saturated($"{name}.{measure}", $"excluded.{measure}")}"))}";
    }

    public static SumTable Hours { get; } = new("usage_hours");

    public static SumTable Days { get; } = new("usage_days");

    /// <summary>Both have the same.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["bucket", "dimension_id", "group_name", "groups", "user_id", "key_id", "project", "model", "endpoint", "status", .. Measures];

    public string Name { get; }

    public string OnConflict { get; }

    // Databases refuse what overflows, and with it all that comes in the same batch. None is negative.
    private static string Saturated(string a, string b) => $"CASE WHEN {a} > {long.MaxValue} - {b} THEN {long.MaxValue} ELSE {a} + {b} END";
}
