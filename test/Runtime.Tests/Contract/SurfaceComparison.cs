namespace Gateway.Runtime.Tests.Contract;

/// <summary>Finds what one surface has and another has not.</summary>
internal static class SurfaceComparison
{
    public static IReadOnlyList<string> Excess(
        IReadOnlyDictionary<string, IReadOnlySet<string>> ours, params IReadOnlyDictionary<string, IReadOnlySet<string>>[] theirs)
    {
        var excess = new List<string>();
        foreach (var (type, lines) in ours)
        {
            var genuine = theirs.FirstOrDefault(surface => surface.ContainsKey(type));
            excess.AddRange(genuine is null
                ? [$"{type} does not exist"]
                : lines.Except(genuine[type]).Select(line => $"{type} has no '{line}'"));
        }

        return excess;
    }
}
