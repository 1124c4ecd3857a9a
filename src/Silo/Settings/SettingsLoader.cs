using Gateway.Silo.Settings.Catalog;
using Gateway.Silo.Settings.Readers;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings;

/// <summary>Turns the sources into checked settings. Creates and locks nothing, so that it also serves the check command.</summary>
public static class SettingsLoader
{
    private const string ClusterSecret = "CLUSTER_SECRET";

    public static SettingsOutcome Load(SettingSources sources)
    {
        if (sources.Problems.Count > 0)
        {
            return new SettingsOutcome(null, [.. sources.Problems]);
        }

        var reader = new SettingReader(sources.Layers, sources.Home);
        var watched = new List<WatchedSecret>();
        SectionValues.Check(reader);
        var identity = IdentitySettings.Read(reader, watched);
        var settings = new GatewaySettings
        {
            Home = sources.Home,
            Layers = sources.Layers,
            DataDirectory = reader.FilePath("DATA_DIR")!,
            Identity = identity,
            Manifest = ManifestSettings.Read(reader, identity.DefaultIssuer, watched),
            Credentials = ManifestSettings.ReadCredentials(reader, watched),
            Cluster = ReadCluster(reader),
            Database = DatabaseSettings.Read(reader, watched),
            Auth = new AuthOptions { MaxStaleness = reader.Seconds("Gateway:Auth:MaxStalenessSeconds", 0, 86_400) },
            Proxy = ProcessSettings.ReadProxy(reader),
            Http = ProcessSettings.ReadHttp(reader),
            Log = ProcessSettings.ReadLog(reader),
            Drain = new DrainOptions { Maximum = reader.Seconds("Gateway:Drain:MaxSeconds", 0, 3600) },
            DemoAllowed = reader.Choice("GATEWAY_DEMO", "auto", "off") == "auto",
            NotEnforced = [.. UnsupportedSettings.Read(reader)],
            Warnings = [.. reader.Warnings, .. UnknownNames.Warnings(sources.Layers)],
            WatchedSecrets = [.. watched],
        };
        settings.Manifest.NotEnforced = settings.NotEnforced;
        return reader.Problems.Count > 0 ? new SettingsOutcome(null, [.. reader.Problems]) : new SettingsOutcome(settings, []);
    }

    private static ClusterOptions ReadCluster(SettingReader reader)
    {
        var options = new ClusterOptions { Id = reader.Text("CLUSTER_ID")! };
        if (!options.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || options.Id.Length > 64)
        {
            reader.Fail("CLUSTER_ID", "must be at most 64 letters, digits, dashes, dots and underscores");
        }

        var secret = reader.Secret(ClusterSecret);
        if (secret.Value is { } value)
        {
            options.Secret = value;
            if (IdentitySettings.ProblemOf(value) is { } problem)
            {
                reader.Fail(secret.Source, problem);
            }
        }

        return options;
    }
}
