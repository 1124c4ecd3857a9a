using System.Globalization;

namespace Gateway.Fuzz.Run;

/// <summary>What the command line asks for.</summary>
internal sealed record FuzzOptions
{
    public long Seed { get; init; } = 1;

    public long Cases { get; init; } = 1_000_000;

    /// <summary>Only this one; null: all.</summary>
    public long? Case { get; init; }

    /// <summary>Callers at a time.</summary>
    public int Callers { get; init; } = 48;

    /// <summary>Go on until there are so many.</summary>
    public int Findings { get; init; } = 1;

    public static FuzzOptions? Parse(string[] arguments, out string? problem)
    {
        var options = new FuzzOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var isNumber = long.TryParse(i + 1 < arguments.Length ? arguments[i + 1] : "", NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            switch (arguments[i])
            {
                case "--seed" when isNumber:
                    options = options with { Seed = number };
                    break;
                case "--cases" when isNumber && number > 0:
                    options = options with { Cases = number };
                    break;
                case "--case" when isNumber && number > 0:
                    options = options with { Case = number };
                    break;
                case "--callers" when isNumber && number is >= 1 and <= 200:
                    options = options with { Callers = (int)number };
                    break;
                case "--findings" when isNumber && number is >= 1 and <= 1_000:
                    options = options with { Findings = (int)number };
                    break;
                default:
                    problem = $"{arguments[i]}: unknown, or without a proper value; --help lists what there is.";
                    return null;
            }
        }

        problem = null;
        return options;
    }
}
