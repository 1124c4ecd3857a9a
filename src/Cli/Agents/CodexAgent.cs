using Gateway.Cli.Host;

namespace Gateway.Cli.Agents;

/// <summary>Codex: <c>config.toml</c>. It speaks the Responses API, and asks a helper command for its token.</summary>
internal sealed class CodexAgent : IAgent
{
    public string Name => "codex";

    public bool ListsModels => false;

    public string FileOn(CliHost host) => Path.Combine(host.Setting("CODEX_HOME") ?? Path.Combine(host.HomeFolder, ".codex"), "config.toml");

    public string Merge(string? present, AgentSetup setup)
    {
        var file = new TomlFile(present ?? "");
        file.RemoveTables("model_providers", "gateway");
        file.Set("model_provider", "gateway");
        if (setup.Model is { } model)
        {
            file.Set("model", model);
        }

        // The helper may have to renew the token first; what it prints is good for at least a minute.
        file.Append(
            $"""
            [model_providers.gateway]
            name = "Inference Gateway"
            base_url = {TomlFile.Quote(setup.OpenAiUrl)}
            wire_api = "responses"

            [model_providers.gateway.auth]
            command = {TomlFile.Quote(setup.TokenCommand[0])}
            args = [{string.Join(", ", setup.TokenCommand.Skip(1).Select(TomlFile.Quote))}]
            timeout_ms = 60000
            refresh_interval_ms = 60000
            """);
        return file.Text;
    }

    public IEnumerable<string> Advice(string merged, AgentSetup setup) => setup.Model is null && !new TomlFile(merged).Has("model")
        ? ["Name a model of the gateway: gateway agent configure codex --model MODEL"]
        : [];
}
