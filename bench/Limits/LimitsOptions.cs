using System.Globalization;

namespace Gateway.Bench.Limits;

/// <summary>What to measure.</summary>
internal sealed record LimitsOptions
{
    public int FrontEnds { get; init; } = 2;

    /// <summary>Requests a minute of the large limit.</summary>
    public int Limit { get; init; } = 100_000;

    /// <summary>Callers with 6 requests a minute each.</summary>
    public int Users { get; init; } = 1_000;

    public static LimitsOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new LimitsOptions();
        for (var at = 0; at < arguments.Count; at++)
        {
            int Value() => at + 1 < arguments.Count ? int.Parse(arguments[++at], CultureInfo.InvariantCulture) : throw new ArgumentException($"{arguments[at]} needs a number.");
            options = arguments[at] switch
            {
                "--front-ends" => options with { FrontEnds = Value() },
                "--limit" => options with { Limit = Value() },
                "--users" => options with { Users = Value() },
                var unknown => throw new ArgumentException($"Unknown argument {unknown}."),
            };
        }

        return options;
    }
}
