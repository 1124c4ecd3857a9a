namespace Gateway.Infra.Kubernetes;

/// <summary>kubectl's own build of the folders.</summary>
public sealed class KustomizeTests
{
    [Theory, InlineData(Manifests.Base), InlineData(Manifests.Try)]
    public async Task Kubectl_builds_the_folder(string folder)
    {
        await OptionalTool.RequireAsync("kubectl", "kustomize", "--help");

        var output = await OptionalTool.RunAsync("kubectl", ["kustomize", folder]);

        var objects = folder == Manifests.Base ? Manifests.BaseObjects : Manifests.AllObjects;
        output.Split('\n').Count(line => line.StartsWith("kind: ", StringComparison.Ordinal)).Should().Be(objects.Count + 1, "the config map is made");
        output.Should().NotContain("name: gateway-settings\n", "the name that pods ask for ends with the hash of the content");
    }

    [Fact]
    public void Resources_exist_and_every_file_is_a_resource()
    {
        foreach (var folder in (string[])[Manifests.Base, Manifests.Try])
        {
            var files = Directory.EnumerateFiles(InfraFiles.PathOf(folder), "*.yaml").Select(path => Path.GetFileName(path)!).Where(name => name != "kustomization.yaml");
            Manifests.Kustomization(folder).Texts("resources").Where(resource => !resource.StartsWith("..", StringComparison.Ordinal)).Should().BeEquivalentTo(files);
        }
    }
}
