using System.Text;
using System.Text.RegularExpressions;
using Gateway.Storage.Sql;
using Gateway.Storage.Sql.Postgres;
using Gateway.Testing.Databases;

namespace Gateway.Storage.Tests;

/// <summary>A schema of its own in a shared server: made in a millisecond, where a database takes a tenth of a second.</summary>
internal sealed partial class PostgresTestDatabase : TestDatabase
{
    private readonly PostgresServer _server;
    private readonly string _schema;
    private readonly TimeSpan? _callTimeout;
    private readonly int? _port;

    private PostgresTestDatabase(PostgresServer server, string schema, TimeSpan? callTimeout, int? port = null) =>
        (_server, _schema, _callTimeout, _port) = (server, schema, callTimeout, port);

    public PostgresServer Server => _server;

    /// <summary>Also the name under which its connections are found in the server.</summary>
    public string Schema => _schema;

    public string Url => $"{_server.Url().Replace($":{_server.Port}/", $":{_port ?? _server.Port}/", StringComparison.Ordinal)}?schema={_schema}&application_name={_schema}";

    public static async Task<PostgresTestDatabase> CreateAsync(PostgresServer server)
    {
        var schema = "t" + Guid.NewGuid().ToString("N");
        await server.ExecuteAsync("CREATE SCHEMA " + schema);
        return new PostgresTestDatabase(server, schema, callTimeout: null);
    }

    public override TestDatabase Another(TimeSpan? callTimeout = null) => new PostgresTestDatabase(_server, _schema, callTimeout) { Time = Time };

    /// <summary>The same database by another way.</summary>
    public TestDatabase Behind(int port, TimeSpan callTimeout) => new PostgresTestDatabase(_server, _schema, callTimeout, port) { Time = Time };

    public override void Configure(StorageOptions options) => options.Postgres = Target();

    public override string Bytes(string sql) => Zeros().Replace(sql, "decode(repeat('00', ${count}), 'hex')");

    public override async Task<string> ReadAllAsync()
    {
        var text = new StringBuilder();
        foreach (var table in (string[])["api_keys", "audit", "idempotency_keys", "grain_state"])
        {
            text.Append(await ScalarAsync<string>($"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t"));
        }

        return text.ToString();
    }

    public PostgresTarget Target() => PostgresTarget.TryParse(Url, out var target, out var problem) ? target : throw new InvalidOperationException(problem);

    protected override GatewayDatabase Open(TimeSpan callTimeout) => new PostgresDatabase(Target(), _callTimeout ?? callTimeout, Time);

    [GeneratedRegex(@"\{(?<count>\d+) zeros\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Zeros();
}
