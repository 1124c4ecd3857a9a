namespace Gateway.Infra.Docker;

/// <summary><c>.dockerignore</c> for the patterns in use: <c>*</c>, <c>!path</c>, <c>**/name</c>. The last pattern that matches counts.</summary>
internal static class DockerIgnore
{
    private static readonly string[] Patterns =
        [.. InfraFiles.Read(".dockerignore").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#'))];

    public static bool LetsIn(string path)
    {
        var inside = true;
        foreach (var pattern in Patterns)
        {
            var back = pattern.StartsWith('!');
            if (Matches(back ? pattern[1..] : pattern, path))
            {
                inside = back;
            }
        }

        return inside;
    }

    private static bool Matches(string pattern, string path) =>
        pattern == "*"
        || path == pattern || path.StartsWith(pattern + "/", StringComparison.Ordinal)
        || (pattern.StartsWith("**/", StringComparison.Ordinal) && path.Split('/').Contains(pattern["**/".Length..]));
}
