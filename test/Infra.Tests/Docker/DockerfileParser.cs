namespace Gateway.Infra.Docker;

/// <summary>One instruction, such as <c>COPY a b</c>, with continued lines joined.</summary>
internal sealed record DockerInstruction(string Name, string Arguments)
{
    /// <summary>The words, without options such as <c>--chown=…</c>.</summary>
    public IReadOnlyList<string> Words => [.. Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.StartsWith("--", StringComparison.Ordinal))];

    public bool HasOption(string name) => Arguments.Split(' ').Any(word => word.StartsWith($"--{name}", StringComparison.Ordinal));
}

/// <summary>Reads a Dockerfile into instructions: comments and empty lines are left out, a backslash at the end joins lines.</summary>
internal static class DockerfileParser
{
    private static readonly string[] Known = ["ARG", "FROM", "RUN", "COPY", "ADD", "WORKDIR", "ENV", "USER", "EXPOSE", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD", "LABEL"];

    public static IReadOnlyList<DockerInstruction> Parse(string text)
    {
        var instructions = new List<DockerInstruction>();
        var joined = "";
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#')))
        {
            joined += line.EndsWith('\\') ? line[..^1] : line;
            if (!line.EndsWith('\\'))
            {
                instructions.Add(ToInstruction(joined));
                joined = "";
            }
        }

        return joined.Length == 0 ? instructions : throw new FormatException("The last line is continued.");
    }

    private static DockerInstruction ToInstruction(string line)
    {
        var parts = line.Split(' ', 2);
        return parts.Length == 2 && Known.Contains(parts[0]) ? new DockerInstruction(parts[0], parts[1].Trim()) : throw new FormatException($"No instruction: {line}");
    }
}
