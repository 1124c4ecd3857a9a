using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Tests.Settings;

/// <summary>Loads settings from a given environment and a folder that plays the home folder.</summary>
internal static class SettingsFor
{
    public static SettingsOutcome Load(TemporaryFolder home, params (string Name, string Value)[] environment) =>
        SettingsLoader.Load(Sources(home, environment));

    public static GatewaySettings Valid(TemporaryFolder home, params (string Name, string Value)[] environment)
    {
        var outcome = Load(home, environment);
        outcome.Problems.Should().BeEmpty();
        return outcome.Settings!;
    }

    public static string Problem(TemporaryFolder home, params (string Name, string Value)[] environment) =>
        Load(home, environment).Problems.Should().ContainSingle().Which.ToString();

    private static SettingSources Sources(TemporaryFolder home, (string Name, string Value)[] environment) =>
        SettingSources.Load(
            environment.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)).Append(KeyValuePair.Create(HomeFolder.Setting, home.Path)),
            home.Path,
            home.Path);
}
