using Gateway.Silo.Settings.Catalog;
using Gateway.Silo.Tests.Settings;
using Gateway.Testing;

namespace Gateway.Silo.Tests.Catalog;

public sealed class SettingCatalogTests
{
    [Fact]
    public void Names_are_unique_and_every_unsupported_one_says_what_to_do()
    {
        SettingCatalog.All.Select(setting => setting.Name).Should().OnlyHaveUniqueItems();
        SettingCatalog.All.Where(setting => setting.Support != SettingSupport.Supported).Should().OnlyContain(setting => setting.Advice != null);
    }

    [Fact]
    public void The_defaults_it_states_are_the_ones_in_force()
    {
        using var home = new TemporaryFolder();
        var written = SettingCatalog.All
            .Where(setting => setting is { Support: SettingSupport.Supported, Default: not null } && !setting.Name.Contains('<'))
            .Select(setting => (setting.Name.Replace(":", "__", StringComparison.Ordinal), setting.Default!)).ToArray();

        var settings = SettingsFor.Valid(home, written);
        var defaults = SettingsFor.Valid(home);

        settings.Manifest.Should().BeEquivalentTo(defaults.Manifest);
        settings.Drain.Should().BeEquivalentTo(defaults.Drain);
        settings.Auth.Should().BeEquivalentTo(defaults.Auth);
        settings.Limits.Should().BeEquivalentTo(defaults.Limits);
        settings.Limits.Should().BeEquivalentTo(new Gateway.Silo.Settings.Limits.LimitsOptions());
        settings.Log.Should().BeEquivalentTo(defaults.Log);
        settings.DataDirectory.Should().Be(defaults.DataDirectory);
        settings.Manifest.Should().BeEquivalentTo(new Gateway.Grains.Manifests.ManifestOptions());
        settings.Drain.Maximum.Should().Be(new Gateway.Silo.Settings.DrainOptions().Maximum);
        settings.Auth.MaxStaleness.Should().Be(new Gateway.Silo.Settings.AuthOptions().MaxStaleness);
        settings.Http.Clients.Should().BeEquivalentTo(new Gateway.Silo.Settings.ClientLimits());
        settings.Http.MaxBodyBytes.Should().Be(new Gateway.Silo.Settings.HttpOptions().MaxBodyBytes);
    }

    [Fact]
    public void The_documentation_has_every_setting_as_the_catalogue_has_it()
    {
        var document = File.ReadAllLines(Path.Combine(RepositoryRoot.Path, "docs", "settings.md"));

        document.SkipWhile(line => line != "## All settings").TakeWhile(line => !line.StartsWith("## What", StringComparison.Ordinal)).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Should().Equal(SettingCatalog.All.Select(Row));
    }

    private static string Row(SettingDefinition setting)
    {
        var name = setting.Secret && !setting.Name.Contains(':') ? $"`{setting.Name}`, `{setting.Name}_FILE`" : $"`{setting.Name}`";
        var value = setting.Default is { } text ? $"`{text}`" : "";
        var support = setting.Support switch
        {
            SettingSupport.Supported => "",
            SettingSupport.NotEnforced => $" Without effect, listed as `not_enforced`: {setting.Advice}.",
            _ => $" Stops the start: {setting.Advice}.",
        };
        return $"| {name} | {value} | {setting.Description}{support} |";
    }
}
