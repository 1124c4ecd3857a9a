using Gateway.Cli.Models;

namespace Gateway.Cli.Agents;

/// <summary>What an agent has to know of the gateway.</summary>
internal sealed record AgentSetup
{
    /// <summary>Without <c>/v1</c>.</summary>
    public required string Gateway { get; init; }

    /// <summary>Prints a good credential of this gateway: program and arguments, none of which needs quotes.</summary>
    public required IReadOnlyList<string> TokenCommand { get; init; }

    /// <summary>What the agent uses at first; null: what it used before.</summary>
    public string? Model { get; init; }

    /// <summary>What the agent offers; empty where it needs no list.</summary>
    public IReadOnlyList<ModelEntry> Models { get; init; } = [];

    public string OpenAiUrl => Gateway + "/v1";

    public string TokenCommandLine => string.Join(' ', TokenCommand);
}
