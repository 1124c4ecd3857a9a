using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Agents;

/// <summary>Claude Code: <c>settings.json</c>. It speaks the Messages API, and asks a helper command for its key.</summary>
internal sealed class ClaudeAgent : IAgent
{
    /// <summary>Milliseconds between calls of the helper: what it prints is good for at least this long.</summary>
    private const string HelperInterval = "60000";

    /// <summary>Would be sent instead of what the helper prints.</summary>
    private static readonly string[] Overriding = ["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY"];

    public string Name => "claude";

    public bool ListsModels => false;

    public string FileOn(CliHost host) => Path.Combine(host.Setting("CLAUDE_CONFIG_DIR") ?? Path.Combine(host.HomeFolder, ".claude"), "settings.json");

    public string Merge(string? present, AgentSetup setup)
    {
        var settings = JsonFile.Read(present);
        settings["apiKeyHelper"] = setup.TokenCommandLine;
        var environment = settings.Child("env");
        environment["ANTHROPIC_BASE_URL"] = setup.Gateway;
        environment["CLAUDE_CODE_API_KEY_HELPER_TTL_MS"] = HelperInterval;
        if (setup.Model is { } model)
        {
            environment["ANTHROPIC_MODEL"] = model;
        }

        return JsonFile.Write(settings, present);
    }

    public IEnumerable<string> Advice(string merged, AgentSetup setup)
    {
        foreach (var name in Overriding.Where(name => JsonFile.Read(merged)["env"].Text(name) is not null))
        {
            yield return $"env.{name} in that file is used instead of the sign-in. Remove it.";
        }

        yield return "The gateway must serve the Messages API (/v1/messages) for the model you use.";
    }
}
