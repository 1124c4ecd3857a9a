namespace Gateway.Grains.Limits.State;

/// <summary>The calendar window that was opened last; the next one does not open before its end, whatever clock or time zone say.</summary>
[GenerateSerializer, Immutable, Alias("OpenWindow")]
public sealed record OpenWindow
{
    [Id(0)] public required string WindowId { get; init; }

    /// <summary>Unix milliseconds.</summary>
    [Id(1)] public required long Begin { get; init; }

    /// <summary>Unix milliseconds; not in the window any more.</summary>
    [Id(2)] public required long End { get; init; }

    /// <summary>What the window before left unused.</summary>
    [Id(3)] public long RolledOver { get; init; }
}
