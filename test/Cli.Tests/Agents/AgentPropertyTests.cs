using FsCheck;
using FsCheck.Fluent;

namespace Gateway.Cli.Agents;

/// <summary>What must hold for any file that was there before.</summary>
public sealed class AgentPropertyTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    private static readonly AgentSetup Setup = new() { Gateway = "https://gateway.example", TokenCommand = ["gateway", "token", "--profile", "work"], Model = "m", Models = [new("m", 8192), new("org/n", null)] };

    private static readonly Gen<string> Lines = Gen.Elements("a", "b", "c", "").ListOf().Select(lines => string.Concat(lines.Select(line => line + "\n")));

    private static readonly Gen<string> TomlFiles = Gen.Elements(
        "# a comment\n", "\n", "model = \"x\"\n", "model_provider = 'openai' # mine\n", "n = [\n  1, # one\n  2,\n]\n").ListOf().Select(Distinct)
        .SelectMany(_ => Gen.Elements("[tui]\ntheme = \"dark\"\n", "\n# above\n[mcp_servers.docs]\ncommand = \"docs\"\n", "[model_providers.other]\nname = \"Ö\"\n", "[model_providers.gateway]\nname = \"old\"\n# inside\nenv_key = \"K\"\n").ListOf().Select(Distinct), (root, tables) => root + tables);

    private static readonly Gen<string> JsonFiles = Gen.Elements("\"theme\": \"dark\"", "\"env\": { \"A\": \"1\" }", "\"provider\": { \"other\": {} }", "\"providers\": { \"gateway\": { \"models\": [ { \"id\": \"m\", \"x\": 1 } ] } }", "\"list\": [1, 2.50, null]")
        .ListOf().Select(fields => "{" + string.Join(",", fields.Distinct()) + "}");

    [Fact]
    public void Merging_twice_is_merging_once_in_toml() => Prop.ForAll(TomlFiles.ToArbitrary(), file => IsStable(new CodexAgent(), file)).Check(Thorough);

    [Fact]
    public void Merging_twice_is_merging_once_in_json() => Check.QuickThrowOnFailure(Prop.ForAll(JsonFiles.ToArbitrary(), file =>
        IsStable(new ClaudeAgent(), file) && IsStable(new OpencodeAgent(), file) && IsStable(new PiAgent(), file)));

    [Fact]
    public void Every_line_of_a_toml_file_that_is_not_about_the_gateway_stays() => Check.QuickThrowOnFailure(Prop.ForAll(TomlFiles.ToArbitrary(), file =>
    {
        var merged = new CodexAgent().Merge(file, Setup).Split('\n');
        return ((string[])["# a comment", "theme = \"dark\"", "# above", "name = \"Ö\"", "  1, # one"]).Where(line => file.Split('\n').Contains(line)).All(merged.Contains);
    }));

    [Fact]
    public void A_difference_holds_both_texts() => Check.QuickThrowOnFailure(Prop.ForAll(Lines.ToArbitrary(), Lines.ToArbitrary(), (before, after) =>
    {
        var diff = LineDiff.Of(before, after).ToList();
        return diff.Count(line => line[0] == '+') - diff.Count(line => line[0] == '-') == Count(after) - Count(before) && (diff.Count == 0) == (before == after);
    }));

    private static bool IsStable(IAgent agent, string file)
    {
        var once = agent.Merge(file, Setup);
        return agent.Merge(once, Setup) == once;
    }

    private static string Distinct(IEnumerable<string> parts) => string.Concat(parts.Distinct());

    private static int Count(string text) => text.Count(character => character == '\n');
}
