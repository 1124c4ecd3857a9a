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
}
