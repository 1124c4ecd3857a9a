using Gateway.Storage.Sql.Postgres;

namespace Gateway.Storage;

/// <summary>Where durable data lives. Filled by the host from its settings.</summary>
public sealed class StorageOptions
{
    /// <summary>Absolute path of the SQLite file (<c>DATA_DIR/gateway.db</c>).</summary>
    public string SqlitePath { get; set; } = "";

    /// <summary><c>DATABASE_URL</c>: takes the place of the SQLite file; null: the file is used.</summary>
    public PostgresTarget? Postgres { get; set; }

    /// <summary><c>CLUSTER_SECRET</c>: seals the rows that grant rights.</summary>
    public string ClusterSecret { get; set; } = "";

    /// <summary>Bound of one database call. Default 1 s: a grain's turn must not hang longer.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(1);
}
