using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Models;

namespace Gateway.Cli.Agents;

internal sealed class ConfigureCommand : CliCommand
{
    private readonly Argument<string> _agent = new("agent") { Description = "Which one." };
    private readonly Option<string[]> _models = Texts("--model", "MODEL", "What it uses; may be repeated where the agent offers a list, the first one counts. Default for lists: all of yours.");
    private readonly Option<bool> _dryRun = Flag("--dry-run", "Shows what would change, and changes nothing.");
    private readonly Option<bool> _print = Flag("--print", "Prints the settings alone, to be added by hand.");

    public ConfigureCommand(CliHost host, GlobalOptions globals)
        : base(
            host,
            globals,
            "configure",
            "Makes a coding agent use the gateway. What its file holds besides is kept, and the original is copied once; no secret is written.",
            "gateway agent configure claude --dry-run",
            "gateway agent configure codex --model gpt-5-codex",
            "gateway agent configure opencode --print")
    {
        _agent.AcceptOnlyFromAmong([.. AgentCommands.All.Select(agent => agent.Name)]);
        Add(_agent);
        Add(_models);
        Add(_dryRun);
        Add(_print);
    }

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var agent = AgentCommands.All.Single(known => known.Name == run.Value(_agent));
        var setup = await SetupAsync(run, agent, cancellationToken);
        var file = new AgentFile(agent.FileOn(run.Host));
        if (run.Value(_print))
        {
            Print(run, agent, file, setup);
            return;
        }

        var before = file.Read();
        var after = Merge(agent, file, before, setup);
        var isChanged = before != after;
        if (run.Value(_dryRun))
        {
            Show(run, agent, file, before ?? "", after);
            return;
        }

        var isKept = isChanged && file.Write(after);
        if (run.Json)
        {
            run.WriteJson(Result(agent, file, isChanged, isKept));
        }
        else
        {
            run.Terminal.Say(isChanged ? $"{file.Path} is set up{(isKept ? $"; what was there before is in {file.Backup}" : "")}." : $"{file.Path} is set up already.");
        }

        foreach (var line in agent.Advice(after, setup))
        {
            run.Terminal.Say(line);
        }
    }

    private async Task<AgentSetup> SetupAsync(Invocation run, IAgent agent, CancellationToken cancellationToken)
    {
        var client = await run.ClientAsync(cancellationToken);
        var named = run.Value(_models) ?? [];
        var profile = run.FixedKey() is null ? await run.ProfileAsync(cancellationToken) : default;
        return new AgentSetup
        {
            Gateway = client.Address,
            TokenCommand = profile.Name is { } name ? ["gateway", "token", "--profile", name] : ["gateway", "token", "--gateway", client.Address],
            Model = named.FirstOrDefault() ?? profile.Profile?.Model,
            Models = agent.ListsModels ? await ListAsync(client, named, cancellationToken) : [],
        };
    }

    private static async Task<IReadOnlyList<ModelEntry>> ListAsync(GatewayClient client, string[] named, CancellationToken cancellationToken)
    {
        var offered = await ModelEntry.ListAsync(client, cancellationToken);
        var unknown = named.FirstOrDefault(name => offered.All(model => model.Id != name));
        return unknown is not null ? throw new CliException(ExitCodes.Failed, "The gateway does not offer you one of these models. See: gateway models")
            : named.Length > 0 ? [.. offered.Where(model => named.Contains(model.Id))]
            : offered;
    }

    private static string Merge(IAgent agent, AgentFile file, string? present, AgentSetup setup)
    {
        try
        {
            return agent.Merge(present, setup);
        }
        catch (FormatException failure)
        {
            throw new CliException(ExitCodes.Failed, $"{file.Path} is left as it is: {failure.Message}. Add the settings by hand: gateway agent configure {agent.Name} --print");
        }
    }

    private static void Print(Invocation run, IAgent agent, AgentFile file, AgentSetup setup)
    {
        var content = agent.Merge(null, setup);
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["agent"] = agent.Name, ["file"] = file.Path, ["content"] = content });
        }
        else
        {
            run.Terminal.Output.Write(content);
        }
    }

    private static void Show(Invocation run, IAgent agent, AgentFile file, string before, string after)
    {
        var diff = LineDiff.Of(before, after).ToList();
        if (run.Json)
        {
            var result = Result(agent, file, before != after, isKept: false);
            result["diff"] = new JsonArray([.. diff.Select(line => (JsonNode)line)]);
            run.WriteJson(result);
            return;
        }

        run.Terminal.Say(diff.Count == 0 ? $"{file.Path} would stay as it is." : $"{file.Path} would change like this:");
        foreach (var line in diff)
        {
            run.Terminal.Output.WriteLine(line);
        }
    }

    private static JsonObject Result(IAgent agent, AgentFile file, bool isChanged, bool isKept) => new()
    {
        ["agent"] = agent.Name,
        ["file"] = file.Path,
        ["changed"] = isChanged,
        ["backup"] = isKept ? file.Backup : null,
    };
}
