namespace Gateway.Runtime.Tests.Contract;

/// <summary>Finds what one surface has and another has not.</summary>
internal static class SurfaceComparison
{
    // Every type has it, so that overriding it lets nothing compile that would not compile elsewhere.
    private const string ToStringOverride = "public virtual System.String ToString()";

    public static IReadOnlyList<string> Excess(
        IReadOnlyDictionary<string, IReadOnlySet<string>> ours, params IReadOnlyDictionary<string, IReadOnlySet<string>>[] theirs)
    {
        var excess = new List<string>();
        foreach (var (type, lines) in ours)
        {
            var genuine = theirs.FirstOrDefault(surface => surface.ContainsKey(type));
            excess.AddRange(genuine is null
                ? [$"{type} does not exist"]
                : lines.Except(genuine[type]).Where(line => line != ToStringOverride).Select(line => $"{type} has no '{line}'"));
        }

        return excess;
    }
}
