namespace Gateway.Silo.Tests.Settings;

public sealed class AccessSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void Without_the_setting_nothing_is_restricted() => SettingsFor.Valid(_home).Access.Document.IsOpen.Should().BeTrue();

    [Fact]
    public void Every_field_of_a_rule_is_read()
    {
        var document = SettingsFor.Valid(_home, ("GATEWAY_ACCESS",
            """
            {"default":"deny","rules":[{"effect":"allow","users":["alice"],"groups":["physics"],"domains":["ANL.gov"],"keys":["k"],
             "endpoints":["metis-*"],"models":["gpt-*","llama"],"operations":["embeddings"]},{"effect":"deny"}]}
            """)).Access.Document;

        document.AllowsByDefault.Should().BeFalse();
        document.Rules.Should().HaveCount(2);
        document.Rules[0].Should().BeEquivalentTo(new
        {
            Allow = true,
            Users = new[] { "alice" },
            Groups = new[] { "physics" },
            Domains = new[] { "anl.gov" },
            Keys = new[] { "k" },
            Endpoints = new[] { "metis-*" },
            Models = new[] { "gpt-*", "llama" },
            Operations = new[] { "embeddings" },
        });
        document.Rules[1].Allow.Should().BeFalse();
    }

    [Theory]
    [InlineData("groups", "corp//students")]
    [InlineData("groups", "group:corp/Students/2030")]
    [InlineData("users", "user:alice@x.org")]
    [InlineData("users", "Zoë Ünal")]
    [InlineData("keys", "key:0a1b")]
    [InlineData("domains", "students.edu")]
    [InlineData("domains", "Clients.Auth.Globus.org")]
    [InlineData("domains", "münchen.example")]
    [InlineData("domains", "localhost")]
    public void Every_name_that_somebody_can_have_can_be_written(string field, string name) =>
        SettingsFor.Valid(_home, ("GATEWAY_ACCESS", $$"""{"rules":[{"effect":"deny","{{field}}":["{{name}}"]}]}""")).Access.Document.Rules.Should().ContainSingle();

    [Theory]
    [InlineData("{broken")]
    [InlineData("""{"default":"maybe"}""")]
    [InlineData("""{"defualt":"deny"}""")]
    [InlineData("""{"rules":{}}""")]
    [InlineData("""{"rules":[{"users":["a"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","user":["a"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","users":[]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","users":"a"}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","models":["a*b"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","operations":["chat"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","groups":["/students"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","groups":["group:Students/2030"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","users":["Corp/alice"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","users":["user:"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","users":["alice "]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","keys":["a/b"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","domains":["@students.edu"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","domains":["*.students.edu"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","domains":[".students.edu"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","domains":["students.edu."]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","domains":["students.edu, guests.edu"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","domains":["alice@students.edu"]}]}""")]
    [InlineData("""{"rules":[{"effect":"deny","users":["\ud83d"]}]}""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("missing.json")]
    public void What_is_not_understood_stops_the_start(string value) =>
        SettingsFor.Problem(_home, ("GATEWAY_ACCESS", value)).Should().StartWith("GATEWAY_ACCESS: ");

    [Fact]
    public void A_file_is_watched_and_a_broken_one_changes_nothing()
    {
        _home.Write("access.json", """{"default":"deny"}""");
        var settings = SettingsFor.Valid(_home, ("GATEWAY_ACCESS", "access.json"));
        var file = settings.WatchedSecrets.Single(watched => watched.Setting == "GATEWAY_ACCESS");

        file.Apply("{broken").Should().NotBeNull();
        file.Apply("""{"rules":[{"effect":"deny","users":["\ud83d"]}]}""").Should().NotBeNull();
        settings.Access.Document.AllowsByDefault.Should().BeFalse();
        file.Apply("""{"default":"allow"}""").Should().BeNull();

        settings.Access.Document.IsOpen.Should().BeTrue();
    }
}
