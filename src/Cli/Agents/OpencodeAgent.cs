using System.Text.Json.Nodes;
using Gateway.Cli.Host;

namespace Gateway.Cli.Agents;

/// <summary>opencode: <c>opencode.json</c>. It knows no helper command, so the credential comes from an environment variable.</summary>
internal sealed class OpencodeAgent : IAgent
{
    private const string Variable = "GATEWAY_TOKEN";

    public string Name => "opencode";

    public bool ListsModels => true;

    public string FileOn(CliHost host)
    {
        if (host.Setting("OPENCODE_CONFIG") is { } configured)
        {
            return configured;
        }

        var folder = Path.Combine(host.Setting("XDG_CONFIG_HOME") ?? Path.Combine(host.HomeFolder, ".config"), "opencode");
        var (plain, withComments) = (Path.Combine(folder, "opencode.json"), Path.Combine(folder, "opencode.jsonc"));
        return !File.Exists(plain) && File.Exists(withComments) ? withComments : plain;
    }

    public string Merge(string? present, AgentSetup setup)
    {
        var configuration = JsonFile.Read(present);
        if (configuration.Count == 0)
        {
            configuration["$schema"] = "https://opencode.ai/config.json";
        }

        var provider = configuration.Child("provider").Child("gateway");
        provider["npm"] = "@ai-sdk/openai-compatible";
        provider["name"] ??= "Inference Gateway";
        var options = provider.Child("options");
        options["baseURL"] = setup.OpenAiUrl;
        options["apiKey"] = $"{{env:{Variable}}}";
        var models = provider.Child("models");
        foreach (var model in setup.Models)
        {
            models[model.Id] ??= new JsonObject { ["name"] = model.Id };
        }

        if (setup.Model is { } first)
        {
            configuration["model"] = "gateway/" + first;
        }

        return JsonFile.Write(configuration, present);
    }

    public IEnumerable<string> Advice(string merged, AgentSetup setup) =>
    [
        $"Start it with a token:  {Variable}=$({setup.TokenCommandLine}) opencode",
        $"For sessions longer than a token lives, with a key of your own:  {Variable}=$(gateway keys create opencode --expires 30d) opencode",
    ];
}
