namespace Gateway.Storage.Tests;

internal sealed class Counter
{
    public int Value { get; set; }

    public string? Name { get; set; }
}

internal sealed class CounterState : IGrainState<Counter>
{
    [System.Diagnostics.CodeAnalysis.AllowNull]
    public Counter State { get; set; } = new();

    public string? ETag { get; set; }

    public bool RecordExists { get; set; }
}
