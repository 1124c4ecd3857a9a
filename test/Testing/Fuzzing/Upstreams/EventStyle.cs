using System.Text;

namespace Gateway.Testing.Fuzzing.Upstreams;

/// <summary>One way of writing events: which line ends, what stands between them.</summary>
public sealed class EventStyle
{
    private readonly string[] lineEnds;
    private readonly bool bom;
    private readonly bool tight;
    private readonly Dictionary<int, string> between = [];

    private EventStyle(FuzzRandom random)
    {
        lineEnds = random.Below(6) switch { 0 => ["\r\n"], 1 => ["\r"], 2 => ["\n", "\r\n"], _ => ["\n"] };
        bom = random.OneIn(12);
        tight = random.OneIn(5);
        if (random.OneIn(3))
        {
            for (var place = 0; place < 4; place++)
            {
                between[place] = random.Pick(": comment\n\n", ":\n\n", "id: 7\n\n", "retry: 100\n\n", "\n", "unknown: x\n\n", "event: ping\n\n", "data\n\n", ": \u00e9\u65e5\n: more\n\n", "");
            }
        }
    }

    public static EventStyle Pick(FuzzRandom random) => new(random);

    /// <summary>The bytes, and the same bytes without the events that are to be left out.</summary>
    public (byte[] All, byte[] Kept) Write(IReadOnlyList<string> events, Predicate<string>? leftOut = null)
    {
        using var all = new MemoryStream();
        using var kept = new MemoryStream();
        var ends = 0;
        Append(bom ? "\uFEFF" : "", true);
        for (var place = 0; place < events.Count; place++)
        {
            Append(between.GetValueOrDefault(place, ""), true);
            Append(tight ? events[place].Replace("data: ", "data:", StringComparison.Ordinal) : events[place], leftOut?.Invoke(events[place]) is not true);
        }

        return (all.ToArray(), kept.ToArray());

        void Append(string text, bool isKept)
        {
            var bytes = Encoding.UTF8.GetBytes(WithLineEnds(text, ref ends));
            all.Write(bytes);
            kept.Write(isKept ? bytes : []);
        }
    }

    private string WithLineEnds(string text, ref int ends)
    {
        if (lineEnds is ["\n"])
        {
            return text;
        }

        var written = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            written.Append(character == '\n' ? lineEnds[ends++ % lineEnds.Length] : character.ToString());
        }

        return written.ToString();
    }
}
