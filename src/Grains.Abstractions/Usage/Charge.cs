namespace Gateway.Abstractions.Usage;

/// <summary>What one request took from one window of one subject. Written to the journal, so that whoever reads it can say what a session that died has used.</summary>
[GenerateSerializer, Immutable, Alias("Charge")]
public sealed record Charge
{
    /// <summary>Grain key; accounts have the prefix <c>account:</c>.</summary>
    [Id(0)] public required string Subject { get; init; }

    [Id(1)] public required long Epoch { get; init; }

    [Id(2)] public required string WindowId { get; init; }

    [Id(3)] public required long Period { get; init; }

    /// <summary>In the window's unit. Of an intent: reserved; of an outcome: used.</summary>
    [Id(4)] public required long Amount { get; init; }

    /// <summary>Of the node, under which it was granted; null: that of the journal. A process that was taken for lost has one after the other.</summary>
    [Id(5)] public string? Session { get; init; }
}
