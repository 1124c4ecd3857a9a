namespace Gateway.Grains.Manifests.Parsing;

/// <summary>Finds the name that a mistyped one was meant to be.</summary>
public static class NearestName
{
    /// <summary>Null: nothing is near enough to be a slip of the keyboard.</summary>
    public static string? Of(string name, IEnumerable<string> candidates)
    {
        var farthest = Math.Max(2, name.Length / 3);
        var upper = name.ToUpperInvariant();

        // A difference in length is a distance, so that a name of any length is compared only with such as are nearly as long.
        var (best, distance) = candidates.Where(candidate => Math.Abs(candidate.Length - name.Length) <= farthest)
            .Select(candidate => (candidate, Distance(upper, candidate.ToUpperInvariant())))
            .DefaultIfEmpty((name, int.MaxValue))
            .MinBy(pair => pair.Item2);
        return distance <= farthest ? best : null;
    }

    /// <summary>Number of inserted, deleted, replaced or swapped neighbouring letters that turn one word into the other.</summary>
    public static int Distance(string a, string b)
    {
        var cells = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            cells[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            cells[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = cells[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cells[i, j] = Math.Min(replaced, 1 + Math.Min(cells[i - 1, j], cells[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cells[i, j] = Math.Min(cells[i, j], cells[i - 2, j - 2] + 1);
                }
            }
        }

        return cells[a.Length, b.Length];
    }
}
