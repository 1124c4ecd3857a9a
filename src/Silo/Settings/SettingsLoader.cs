using Gateway.Silo.Settings.Catalog;
using Gateway.Silo.Settings.Readers;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Sources;

namespace Gateway.Silo.Settings;

/// <summary>Turns the sources into checked settings. Creates and locks nothing, so that it also serves the check command.</summary>
public static class SettingsLoader
{
    public static SettingsOutcome Load(SettingSources sources)
    {
        if (sources.Problems.Count > 0)
        {
            return new SettingsOutcome(null, [.. sources.Problems]);
        }

        var reader = new SettingReader(sources.Layers, sources.Home);
        var watched = new List<WatchedSecret>();
        SectionValues.Check(reader);
        var introspection = IntrospectionSettings.Read(reader, watched);
        var identity = IdentitySettings.Read(reader, introspection, watched);
        var cluster = ClusterSettings.Read(reader, watched);
        var http = ProcessSettings.ReadHttp(reader, cluster.IsClusterMode);
        http.Certificates = ServerTlsSettings.Read(reader, http, watched);
        var settings = new GatewaySettings
        {
            Home = sources.Home,
            Layers = sources.Layers,
            DataDirectory = reader.FilePath("DATA_DIR")!,
            Identity = identity,
            Introspection = introspection,
            Access = AccessSettings.Read(reader, watched),
            Prices = PriceSettings.Read(reader, watched),
            Models = ModelSettings.Read(reader, watched),
            Limits = LimitsSettings.Read(reader, identity.DefaultIssuer, watched),
            Manifest = ManifestSettings.Read(reader, identity.DefaultIssuer, watched),
            Credentials = ManifestSettings.ReadCredentials(reader, watched),
            Cluster = cluster,
            Silo = ClusterSettings.ReadSilo(reader),
            Database = DatabaseSettings.Read(reader, watched),
            Auth = IdentitySettings.ReadAuth(reader),
            Proxy = ProcessSettings.ReadProxy(reader, watched),
            Http = http,
            Stream = ProcessSettings.ReadStream(reader),
            Log = ProcessSettings.ReadLog(reader),
            Journal = UsageSettings.ReadJournal(reader),
            Ledger = UsageSettings.ReadLedger(reader),
            Drain = ProcessSettings.ReadDrain(reader, cluster.IsClusterMode),
            DemoAllowed = reader.Choice("GATEWAY_DEMO", "auto", "off") == "auto",
            NotEnforced = [.. UnsupportedSettings.Read(reader)],
            Warnings = [.. reader.Warnings, .. UnknownNames.Warnings(sources.Layers)],
            WatchedSecrets = [.. watched],
        };
        settings.Manifest.NotEnforced = settings.NotEnforced;
        settings.Manifest.KeysServeFor = settings.Auth.MaxStaleness;
        return reader.Problems.Count > 0 ? new SettingsOutcome(null, [.. reader.Problems]) : new SettingsOutcome(settings, []);
    }
}
