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

    /// <summary>The same events are written in the same way every time.</summary>
    public byte[] Write(IReadOnlyList<string> events)
    {
        var text = new StringBuilder(bom ? "\uFEFF" : "");
        for (var place = 0; place < events.Count; place++)
        {
            text.Append(between.GetValueOrDefault(place));
            text.Append(tight ? events[place].Replace("data: ", "data:", StringComparison.Ordinal) : events[place]);
        }

        return Encoding.UTF8.GetBytes(lineEnds is ["\n"] ? text.ToString() : WithLineEnds(text.ToString()));
    }

    private string WithLineEnds(string text)
    {
        var ends = 0;
        var written = new StringBuilder();
        foreach (var character in text)
        {
            // By place, not by chance: two writings of one stream must agree.
            written.Append(character == '\n' ? lineEnds[ends++ % lineEnds.Length] : character.ToString());
        }

        return written.ToString();
    }
}
