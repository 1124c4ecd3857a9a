namespace Gateway.Infra.Docker;

/// <summary>The build of the images.</summary>
internal static class GatewayDockerfile
{
    public const string Path = "infra/docker/gateway.Dockerfile";

    public static IReadOnlyList<DockerInstruction> Instructions { get; } = DockerfileParser.Parse(InfraFiles.Read(Path));

    public static IReadOnlyList<DockerStage> Stages { get; } = Divide();

    /// <summary>Defaults of the arguments before the first stage.</summary>
    public static Dictionary<string, string> Arguments { get; } = Instructions.TakeWhile(instruction => instruction.Name == "ARG")
        .Select(instruction => instruction.Arguments.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    public static DockerStage Stage(string name) => Stages.Single(stage => stage.Name == name);

    private static List<DockerStage> Divide()
    {
        var stages = new List<DockerStage>();
        foreach (var instruction in Instructions.SkipWhile(instruction => instruction.Name != "FROM"))
        {
            if (instruction.Name == "FROM")
            {
                // FROM image AS name
                var words = instruction.Words;
                var inherited = stages.FirstOrDefault(stage => stage.Name == words[0])?.Instructions ?? [];
                stages.Add(new DockerStage(words[2], words[0], [.. inherited]));
            }
            else
            {
                stages[^1] = stages[^1] with { Instructions = [.. stages[^1].Instructions, instruction] };
            }
        }

        return stages;
    }
}
