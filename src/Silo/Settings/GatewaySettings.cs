using System.Collections.Immutable;
using Gateway.Grains.Manifests;
using Gateway.Grains.Tokens;
using Gateway.Silo.Settings.Access;
using Gateway.Silo.Settings.Limits;
using Gateway.Silo.Settings.Models;
using Gateway.Silo.Settings.Prices;
using Gateway.Silo.Settings.Secrets;
using Gateway.Silo.Settings.Sources;
using Gateway.Storage.Ledger;
using Gateway.Storage.Sql.Postgres;

namespace Gateway.Silo.Settings;

/// <summary>All settings of one process, read and checked.</summary>
public sealed class GatewaySettings
{
    public required HomeFolder Home { get; init; }

    public required SettingLayers Layers { get; init; }

    /// <summary>Absolute <c>DATA_DIR</c>.</summary>
    public required string DataDirectory { get; init; }

    public required ManifestOptions Manifest { get; init; }

    public required ProviderCredentials Credentials { get; init; }

    public required ClusterOptions Cluster { get; init; }

    public required SiloProcessOptions Silo { get; init; }
    /// <summary><c>DATABASE_URL</c>; null: SQLite in <see cref="DataDirectory"/>.</summary>
    public required PostgresTarget? Database { get; init; }

    /// <summary>Filled when the data directory is opened.</summary>
    public NodeOptions Node { get; } = new();

    public required IdentityOptions Identity { get; init; }

    public required IntrospectionOptions Introspection { get; init; }

    public required AccessOptions Access { get; init; }

    public required PriceOptions Prices { get; init; }

    public required ModelOptions Models { get; init; }

    public required LimitsOptions Limits { get; init; }

    /// <summary>No admin key is configured: the one in the data directory is used.</summary>
    public bool AdminKeyIsMade { get; set; }

    public required AuthOptions Auth { get; init; }

    public required UpstreamProxyOptions Proxy { get; init; }

    public required HttpOptions Http { get; init; }

    public required StreamOptions Stream { get; init; }

    public required LogOptions Log { get; init; }

    public required DrainOptions Drain { get; init; }

    public required JournalOptions Journal { get; init; }

    public required LedgerOptions Ledger { get; init; }

    /// <summary>False: <c>GATEWAY_DEMO=off</c>.</summary>
    public required bool DemoAllowed { get; init; }

    /// <summary>Settings without effect in this version, each with the reason.</summary>
    public required ImmutableArray<string> NotEnforced { get; init; }

    public required ImmutableArray<string> Warnings { get; init; }

    public required ImmutableArray<WatchedSecret> WatchedSecrets { get; init; }
}

/// <summary>Exactly one of the two has content.</summary>
public sealed record SettingsOutcome(GatewaySettings? Settings, ImmutableArray<SettingProblem> Problems);
