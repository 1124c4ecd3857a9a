using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Api.Tests.Startup;

/// <summary>Settings for a home folder, as the program would read them.</summary>
internal static class SettingsOf
{
    public static GatewaySettings Load(string home, params (string Name, string Value)[] environment) =>
        SettingsLoader.Load(SettingSources.Load(
            environment.Append((HomeFolder.Setting, home)).Select(pair => KeyValuePair.Create(pair.Item1, pair.Item2)), home, home)).Settings!;
}
