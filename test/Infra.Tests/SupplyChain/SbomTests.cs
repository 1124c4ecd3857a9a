using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateway.Infra.SupplyChain;

public sealed class SbomTests
{
    [Fact]
    public async Task The_bill_of_materials_has_every_package_once_with_hash_and_place_in_the_graph()
    {
        ExternalTool.Require("python3");
        using var folder = new TempFolder();
        var (exitCode, output) = await ExternalTool.RunAsync("bash", [Path.Combine(RepositoryRoot.Path, "eng", "sbom.sh"), folder.File("sbom.json")]);
        exitCode.Should().Be(0, "the script says {0}", output);

        var text = await File.ReadAllTextAsync(folder.File("sbom.json"));
        var document = JsonNode.Parse(text)!;

        document["bomFormat"]!.GetValue<string>().Should().Be("CycloneDX");
        document["specVersion"]!.GetValue<string>().Should().Be("1.6");
        document["serialNumber"]!.GetValue<string>().Should().MatchRegex("^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");
        var components = document["components"]!.AsArray().Select(component => component!).ToList();
        var references = components.Select(component => component["bom-ref"]!.GetValue<string>()).ToList();
        references.Should().OnlyHaveUniqueItems();
        components.Should().AllSatisfy(component =>
        {
            component["purl"]!.GetValue<string>().Should().Be($"pkg:nuget/{component["name"]}@{component["version"]}");
            component["hashes"]![0]!["content"]!.GetValue<string>().Should().MatchRegex("^[0-9a-f]{128}$");
            component["scope"]!.GetValue<string>().Should().BeOneOf("required", "excluded");
        });
        components.Where(component => component["scope"]!.GetValue<string>() == "required").Select(component => component["name"]!.GetValue<string>())
            .Should().Contain(["Npgsql", "Dapper", "StackExchange.Redis"]).And.NotContain("Meziantou.Analyzer");

        var programs = document["metadata"]!["component"]!["components"]!.AsArray().Select(program => program!["bom-ref"]!.GetValue<string>()).ToList();
        var edges = document["dependencies"]!.AsArray().ToDictionary(edge => edge!["ref"]!.GetValue<string>(), edge => edge!["dependsOn"]!.AsArray().Select(needed => needed!.GetValue<string>()).ToList());
        edges.Keys.Should().BeEquivalentTo([.. references, .. programs, "gateway"]);
        edges.Values.SelectMany(needed => needed).Distinct().Should().BeSubsetOf(edges.Keys);
        programs.SelectMany(program => edges[program]).Should().Contain(reference => reference.StartsWith("pkg:nuget/Npgsql@", StringComparison.Ordinal));

        text.Should().NotContain(RepositoryRoot.Path).And.NotContain("://api.").And.NotContain("index.json");
    }

    [Fact]
    public void Versions_are_those_of_the_one_file_that_names_them()
    {
        var central = Regex.Matches(InfraFiles.Read("Directory.Packages.props"), "Include=\"(?<name>[^\"]+)\" Version=\"(?<version>[^\"]+)\"", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["version"].Value);

        central.Values.Should().NotBeEmpty().And.AllSatisfy(version => version.Should().MatchRegex(@"^\d+(\.\d+)+$", "floating versions are somebody else's choice"));
        foreach (var project in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Path, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var file = Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json");
            var locked = JsonNode.Parse(File.ReadAllText(file))!["dependencies"]!["net10.0"]!.AsObject().Where(package => package.Value!["type"]!.GetValue<string>() != "Project").ToList();
            locked.Should().AllSatisfy(package => package.Value!["contentHash"]!.GetValue<string>().Should().NotBeEmpty("{0} names {1}", file, package.Key));
            locked.Where(package => central.ContainsKey(package.Key)).Should().AllSatisfy(package => package.Value!["resolved"]!.GetValue<string>().Should().Be(central[package.Key]));
        }
    }
}
