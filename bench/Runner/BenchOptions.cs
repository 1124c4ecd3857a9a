using System.Globalization;

namespace Gateway.Runner;

/// <summary>What to measure and for how long.</summary>
internal sealed record BenchOptions
{
    public int Rounds { get; init; } = 7;

    public int Seconds { get; init; } = 3;

    public int Connections { get; init; } = 64;

    public int Keys { get; init; } = 1000;

    /// <summary>Open slow streams to hold; 0: none.</summary>
    public int OpenStreams { get; init; } = 2000;

    /// <summary>Whether the keys' users have limits on requests and tokens, too high to be met.</summary>
    public bool Limits { get; init; } = true;

    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchOptions();
        for (var at = 0; at < arguments.Count; at++)
        {
            int Value() => at + 1 < arguments.Count ? int.Parse(arguments[++at], CultureInfo.InvariantCulture) : throw new ArgumentException($"{arguments[at]} needs a number.");
            options = arguments[at] switch
            {
                "--quick" => options with { Rounds = 3, Seconds = 2, OpenStreams = 500 },
                "--unlimited" => options with { Limits = false },
                "--rounds" => options with { Rounds = Value() },
                "--seconds" => options with { Seconds = Value() },
                "--connections" => options with { Connections = Value() },
                "--keys" => options with { Keys = Value() },
                "--streams" => options with { OpenStreams = Value() },
                var unknown => throw new ArgumentException($"Unknown argument {unknown}."),
            };
        }

        return options;
    }
}
