namespace Gateway.Silo.Tests.Settings;

public sealed class UnsupportedSettingsTests : IDisposable
{
    private readonly TemporaryFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("AUTHORIZED_GROUPS_PER_IDP", "{}")]
    [InlineData("GLOBUS_GROUPS", "")]
    [InlineData("GLOBUS_POLICIES", "  ")]
    public void What_says_nothing_is_accepted(string name, string value) => SettingsFor.Valid(_home, (name, value)).NotEnforced.Should().BeEmpty();

    [Theory]
    [InlineData("SERVICE_ACCOUNT_SECRET", "canary")]
    [InlineData("GLOBUS_GROUP_MANAGER_ID", "canary")]
    [InlineData("RATE_LIMIT_PER_SEC_PER_USER", "canary")]
    public void What_has_no_effect_is_listed_without_its_value(string name, string value) =>
        SettingsFor.Valid(_home, (name, value)).NotEnforced.Should().ContainSingle()
            .Which.Should().StartWith(name.Replace("__", ":", StringComparison.Ordinal) + ": ").And.NotContain("canary");

    [Fact]
    public void Fallback_chains_are_listed_one_by_one_also_from_a_file()
    {
        _home.Write("models.json", """{"gpt":["a"],"llama":["b"]}""");

        var settings = SettingsFor.Valid(_home, ("GATEWAY_MODELS", "models.json"));

        settings.NotEnforced.Should().HaveCount(2).And.Contain(line => line.Contains("llama"));
        settings.Manifest.NotEnforced.Should().Equal(settings.NotEnforced);
    }

    [Theory]
    [InlineData("GATEWAY_MODELS", "{broken")]
    [InlineData("GATEWAY_MODELS", "missing.json")]
    [InlineData("GATEWAY_MODELS", "[1]")]
    public void Broken_json_is_wrong_even_where_it_has_no_effect(string name, string value) =>
        SettingsFor.Problem(_home, (name, value)).Should().StartWith(name + ": ");
}
