using System.Text.Json;

namespace Gateway.Infra.Docker;

/// <summary>A stage with all that it has from the stages it is made from.</summary>
internal sealed record DockerStage(string Name, string Base, IReadOnlyList<DockerInstruction> Instructions)
{
    /// <summary>The last one counts; null: that of the base image.</summary>
    public string? User => Instructions.LastOrDefault(instruction => instruction.Name == "USER")?.Arguments;

    public IReadOnlyList<string> Entrypoint => ExecForm("ENTRYPOINT");

    /// <summary>Empty: there is no check.</summary>
    public IReadOnlyList<string> HealthCommand => ExecForm("HEALTHCHECK");

    public IReadOnlyList<int> Ports =>
        [.. Instructions.Where(instruction => instruction.Name == "EXPOSE").SelectMany(instruction => instruction.Words).Select(int.Parse)];

    public Dictionary<string, string> Environment =>
        Instructions.Where(instruction => instruction.Name == "ENV").SelectMany(instruction => instruction.Words).Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);

    private string[] ExecForm(string name)
    {
        var arguments = Instructions.LastOrDefault(instruction => instruction.Name == name)?.Arguments;
        return arguments is null ? [] : JsonSerializer.Deserialize<string[]>(arguments[arguments.IndexOf('[', StringComparison.Ordinal)..])!;
    }
}
