namespace Gateway.Testing.Fuzzing.Credentials;

/// <summary>API keys that are none: the right form with a wrong checksum, and others that share all but their end with a good one.</summary>
public static class KeyShapes
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static string Bad(FuzzRandom random, string good) => random.Below(8) switch
    {
        0 => "gw-" + random.Text(46, Base62),
        1 => good[..^1] + (good[^1] == 'A' ? 'B' : 'A'),
        2 => good + random.Text(1),
        3 => good[..random.Between(1, good.Length - 1)],
        4 => "gw-" + random.Text(random.Between(0, 12_000), Base62),
        5 => random.Pick("gw-", "gw", "GW-" + good[3..], "gw_" + good[3..], good.ToUpperInvariant(), good + "." + good, "gw-" + good, "sk-" + random.Text(48)),
        6 => Swapped(random, good),
        _ => good[..^random.Between(2, 10)] + random.Text(10, Base62),
    };

    private static string Swapped(FuzzRandom random, string good)
    {
        var at = random.Between(3, good.Length - 2);
        return good[at] == good[at + 1]
            ? good[..at] + (good[at] == 'x' ? 'y' : 'x') + good[(at + 1)..]
            : good[..at] + good[at + 1] + good[at] + good[(at + 2)..];
    }
}
