using System.Collections.Immutable;
using Gateway.Silo.Checking;
using Gateway.Silo.Tests.Settings;

namespace Gateway.Silo.Tests.Checking;

public sealed class ManifestCheckTests : IDisposable
{
    private const string Manifest = """
        {"good":{"status":"Live","experts":["m1","m2"],"url":"https://api.example.org/v1","endpoint_id":"a"},
         "keyless":{"status":"Live","experts":["m"],"url":"https://api.example.org/v1","endpoint_id":"b"},
         "off":{"status":"Maintenance","experts":["m"],"url":"https://api.example.org/v1","endpoint_id":"a"},
         "broken":{"status":"Live","experts":[],"url":"https://api.example.org/v1","endpoint_id":"a"}}
        """;

    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Every_entry_gets_its_verdict()
    {
        _home.Write("status.json", Manifest);

        var lines = await RunAsync(("METIS_STATUS_URL", "status.json"), ("METIS_API_TOKENS", """{"a":"sk-canary","unused":"sk-canary"}"""));

        lines.Should().ContainSingle(line => line.Subject == "manifest metis").Which.Verdict.Should().Be(CheckVerdict.Ok);
        lines.Should().ContainSingle(line => line.Subject == "good").Which.Text.Should().Contain("m1, m2");
        lines.Should().ContainSingle(line => line.Subject == "keyless").Which.Text.Should().StartWith("no_key:");
        lines.Should().ContainSingle(line => line.Subject == "off").Which.Verdict.Should().Be(CheckVerdict.Note);
        lines.Should().ContainSingle(line => line.Subject == "broken").Which.Verdict.Should().Be(CheckVerdict.Wrong);
        lines.Should().ContainSingle(line => line.Text.Contains("\"unused\""));
        lines.Should().NotContain(line => line.Text.Contains("canary"));
    }

    [Fact]
    public async Task Ids_that_nobody_uses_are_laid_to_their_setting_and_what_may_be_a_key_is_not_shown()
    {
        _home.Write("status.json", Manifest);

        var lines = await RunAsync(
            ("METIS_STATUS_URL", "status.json"),
            ("METIS_API_TOKENS", """{"a":"key-1","sk-canary-1":"openai","9f3b5c0e7d1a48264bce01canary":"other","hf_canary":"x","anthropic-production-us-west-2":"k","11111111-2222-3333-4444-555555555555":"k"}"""),
            ("METIS_API_HEADERS", """{"opnai":{"X-Org":"1"}}"""));

        lines.Should().ContainSingle(line => line.Text.Contains("\"opnai\"")).Which.Subject.Should().Be("METIS_API_HEADERS");
        lines.Where(line => line.Subject == "METIS_API_TOKENS").Should().HaveCount(5);
        lines.Should().ContainSingle(line => line.Text.Contains("\"anthropic-production-us-west-2\"")).And.ContainSingle(line => line.Text.Contains("\"11111111-2222-3333-4444-555555555555\""));
        lines.Should().NotContain(line => line.Text.Contains("canary"));
    }

    [Fact]
    public async Task A_model_of_a_fallback_chain_that_no_entry_lists_is_named()
    {
        _home.Write("status.json", Manifest);

        var lines = await RunAsync(("METIS_STATUS_URL", "status.json"), ("METIS_API_TOKENS", """{"a":"sk-canary"}"""), ("GATEWAY_MODELS", """{"smart":["m1","m-1"]}"""));

        lines.Should().ContainSingle(line => line.Subject == "GATEWAY_MODELS").Which.Should().Match<CheckLine>(line => line.Verdict == CheckVerdict.Note && line.Text.Contains("\"smart\" passes over \"m-1\""));
    }

    [Fact]
    public async Task A_field_that_the_gateway_does_not_know_is_named_with_the_one_that_was_meant()
    {
        _home.Write("status.json", """
            {"a":{"status":"Live","experts":["m"],"url":"https://api.example.org/v1","endpoint_id":"a","contact":"x","limits":{"rmp":5}},
             "open":{"status":"Live","experts":["m"],"url":"https://api.example.org/v1","endpoint_id":"a","allowed_group":["staff"]}}
            """);

        var lines = await RunAsync(("METIS_STATUS_URL", "status.json"), ("METIS_API_TOKENS", """{"a":"sk-canary"}"""));

        lines.Should().ContainSingle(line => line.Text.Contains("\"contact\"")).Which.Verdict.Should().Be(CheckVerdict.Note);
        lines.Should().ContainSingle(line => line.Text.Contains("\"limits.rmp\"")).Which.Text.Should().Contain("did you mean \"limits.rpm\"?");
        lines.Should().ContainSingle(line => line.Subject == "open").Which.Should()
            .Match<CheckLine>(line => line.Verdict == CheckVerdict.Wrong && line.Text.Contains("\"allowed_group\""));
    }

    [Theory]
    [InlineData("missing.json")]
    [InlineData("http://127.0.0.1:9/status.json")]
    public async Task A_manifest_that_cannot_be_had_is_wrong(string url) =>
        (await RunAsync(("METIS_STATUS_URL", url))).Should().ContainSingle(line => line.Verdict == CheckVerdict.Wrong).Which.Subject.Should().Be("manifest metis");

    [Fact]
    public async Task An_overlay_is_part_of_the_verdict()
    {
        _home.Write("status.json", Manifest);
        _home.Write("overlay.json", """{"keyless":{"auth":"none"},"nowhere":{"weight":2}}""");

        var lines = await RunAsync(("METIS_STATUS_URL", "status.json"), ("METIS_OVERLAY", "overlay.json"));

        lines.Should().ContainSingle(line => line.Subject == "keyless").Which.Verdict.Should().Be(CheckVerdict.Ok);
        lines.Should().ContainSingle(line => line.Subject == "METIS_OVERLAY").Which.Text.Should().Contain("nowhere");
    }

    [Fact]
    public async Task Without_a_manifest_it_says_what_would_happen()
    {
        (await RunAsync()).Should().ContainSingle().Which.Verdict.Should().Be(CheckVerdict.Note);
        (await RunAsync(("GATEWAY_DEMO", "off"))).Should().ContainSingle().Which.Verdict.Should().Be(CheckVerdict.Wrong);

        _home.Write("data/manifest-seen", "");
        (await RunAsync(("DATA_DIR", "data"))).Should().ContainSingle().Which.Verdict.Should().Be(CheckVerdict.Wrong, "the start is refused then");
    }

    private Task<ImmutableArray<CheckLine>> RunAsync(params (string Name, string Value)[] environment) =>
        ManifestCheck.RunAsync(SettingsFor.Valid(_home, environment), TimeProvider.System, TestContext.Current.CancellationToken);
}
