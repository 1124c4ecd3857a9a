namespace Gateway.Cli.Agents;

/// <summary>What changes between two texts: lines that go begin with <c>-</c>, lines that come with <c>+</c>, a few around them with a blank.</summary>
internal static class LineDiff
{
    private const int Around = 2;

    public static IEnumerable<string> Of(string before, string after)
    {
        var lines = Compare(Split(before), Split(after));
        var shown = Enumerable.Range(0, lines.Count).Where(index => Enumerable.Range(index - Around, (2 * Around) + 1).Any(near => near >= 0 && near < lines.Count && lines[near][0] != ' ')).ToList();
        for (var place = 0; place < shown.Count; place++)
        {
            if (place > 0 && shown[place] != shown[place - 1] + 1)
            {
                yield return "@@";
            }

            yield return lines[shown[place]];
        }
    }

    /// <summary>By the longest common subsequence.</summary>
    private static List<string> Compare(string[] before, string[] after)
    {
        var common = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            for (var j = after.Length - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var lines = new List<string>();
        var (old, now) = (0, 0);
        while (old < before.Length || now < after.Length)
        {
            if (old < before.Length && now < after.Length && before[old] == after[now])
            {
                lines.Add(" " + before[old++]);
                now++;
            }
            else if (old < before.Length && (now == after.Length || common[old + 1, now] >= common[old, now + 1]))
            {
                lines.Add("-" + before[old++]);
            }
            else
            {
                lines.Add("+" + after[now++]);
            }
        }

        return lines;
    }

    private static string[] Split(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines[^1].Length == 0 ? lines[..^1] : lines;
    }
}
