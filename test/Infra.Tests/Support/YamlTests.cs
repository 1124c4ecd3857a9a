namespace Gateway.Infra.Support;

public sealed class YamlTests
{
    public static TheoryData<string> Files() => [.. InfraFiles.AllYaml()];

    [Theory, MemberData(nameof(Files))]
    public void Every_file_parses_and_has_no_key_twice(string path) => Yaml.Documents(path).Should().NotBeEmpty();

    [Fact]
    public void What_is_written_beside_a_merge_key_wins() =>
        Yaml.Single("compose.yaml").At("services", "preflight").Text("restart").Should().Be("no", "the merged value is unless-stopped");
}
