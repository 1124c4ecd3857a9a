namespace Gateway.Silo.Tests.Settings;

public sealed class UnsupportedSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("GLOBUS_GROUPS", "canary-group")]
    [InlineData("GLOBUS_POLICIES", "canary-policy")]
    [InlineData("AUTHORIZED_IDP_DOMAINS", "canary.example")]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", """{"canary.example":"g"}""")]
    public void What_would_open_the_gateway_if_ignored_stops_the_start(string name, string value) =>
        SettingsFor.Problem(_home, (name, value)).Should().StartWith(name + ": ").And.NotContain("canary");

    [Theory]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", "{}")]
    [InlineData("GLOBUS_GROUPS", "")]
    [InlineData("GLOBUS_POLICIES", "  ")]
    public void What_says_nothing_is_accepted(string name, string value) => SettingsFor.Valid(_home, (name, value)).NotEnforced.Should().BeEmpty();

    [Theory]
    [InlineData("GLOBUS_APPLICATION_SECRET", "canary")]
    [InlineData("GATEWAY_ADOPT_DIR", "canary")]
    [InlineData("Gateway__Introspection__Url", "https://canary.example")]
    public void What_has_no_effect_is_listed_without_its_value(string name, string value) =>
        SettingsFor.Valid(_home, (name, value)).NotEnforced.Should().ContainSingle()
            .Which.Should().StartWith(name.Replace("__", ":", StringComparison.Ordinal) + ": ").And.NotContain("canary");

    [Fact]
    public void Limits_are_listed_one_by_one_also_from_a_file()
    {
        _home.Write("limits.json", """{"user:alice":{"requests_per_minute":5},"group:x":{}}""");

        var settings = SettingsFor.Valid(_home, ("GATEWAY_LIMITS", "limits.json"));

        settings.NotEnforced.Should().HaveCount(2).And.Contain(line => line.Contains("user:alice"));
        settings.Manifest.NotEnforced.Should().Equal(settings.NotEnforced);
    }

    [Theory]
    [InlineData("GATEWAY_LIMITS", "{broken")]
    [InlineData("GATEWAY_LIMITS", "missing.json")]
    [InlineData("GATEWAY_MODELS", "[1]")]
    public void Broken_json_is_wrong_even_where_it_has_no_effect(string name, string value) =>
        SettingsFor.Problem(_home, (name, value)).Should().StartWith(name + ": ");
}
