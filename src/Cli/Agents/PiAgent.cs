using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Models;
using Gateway.Cli.Text;

namespace Gateway.Cli.Agents;

/// <summary>pi: <c>models.json</c>. A key that begins with <c>!</c> is a command, run for each request.</summary>
internal sealed class PiAgent : IAgent
{
    public string Name => "pi";

    public bool ListsModels => true;

    public string FileOn(CliHost host) => Path.Combine(host.Setting("PI_CODING_AGENT_DIR") ?? Path.Combine(host.HomeFolder, ".pi", "agent"), "models.json");

    public string Merge(string? present, AgentSetup setup)
    {
        var configuration = JsonFile.Read(present);
        var provider = configuration.Child("providers").Child("gateway");
        provider["baseUrl"] = setup.OpenAiUrl;
        provider["api"] ??= "openai-completions";
        provider["apiKey"] = "!" + setup.TokenCommandLine;
        var models = provider["models"] switch
        {
            null => [],
            JsonArray list => list,
            _ => throw new FormatException("'models' is not a list"),
        };
        provider["models"] = models;
        foreach (var model in setup.Models.Where(model => models.All(known => known.Text("id") != model.Id)))
        {
            models.Add(Entry(model));
        }

        return JsonFile.Write(configuration, present);
    }

    public IEnumerable<string> Advice(string merged, AgentSetup setup) =>
        [setup.Model is { } model ? $"Start it with:  pi --provider gateway --model {model}" : "Choose a model in it with /model."];

    private static JsonObject Entry(ModelEntry model)
    {
        var entry = new JsonObject { ["id"] = model.Id };
        if (model.ContextWindow is { } window)
        {
            entry["contextWindow"] = window;
        }

        return entry;
    }
}
