using System.Globalization;

namespace Gateway.CrashRun;

/// <summary>What the command line asks for.</summary>
internal sealed record CrashOptions
{
    public int Seed { get; init; } = 1;

    public double Minutes { get; init; } = 10;

    public double Rate { get; init; } = 200;

    /// <summary>Only faults whose name holds this; null: all.</summary>
    public string? Only { get; init; }

    /// <summary>Folder with the programs of another version, from which the cluster is upgraded; null: no upgrade.</summary>
    public string? Previous { get; init; }

    /// <summary>Calls of a ledger run, which is made instead; null: none.</summary>
    public int? Ledger { get; init; }

    public static CrashOptions? Parse(string[] arguments, out string? problem)
    {
        var options = new CrashOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            var isNumber = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
            switch (arguments[i])
            {
                case "--seed" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed):
                    options = options with { Seed = seed };
                    break;
                case "--minutes" when isNumber && number is > 0 and <= 24 * 60:
                    options = options with { Minutes = number };
                    break;
                case "--rate" when isNumber && number is >= 1 and <= 5_000:
                    options = options with { Rate = number };
                    break;
                case "--ledger" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var calls) && calls is >= 100 and <= 1_000_000:
                    options = options with { Ledger = calls };
                    break;
                case "--only" when value.Length > 0:
                    options = options with { Only = value };
                    break;
                case "--previous" when Directory.Exists(value):
                    options = options with { Previous = value };
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
