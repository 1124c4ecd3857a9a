using Dapper;
using Gateway.Storage.Sql;
using Gateway.Testing.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests;

/// <summary>A migrated database of its own that goes away with the test.</summary>
internal abstract class TestDatabase : IDisposable
{
    private GatewayDatabase? _database;

    /// <summary>Generous: a busy machine must not turn a slow disk into a failure.</summary>
    public static TimeSpan CallTimeout => TimeSpan.FromSeconds(20);

    public ManualTime Time { get; protected init; } = new();

    public GatewayDatabase Database => _database ??= Open(CallTimeout);

    public static async Task<TestDatabase> CreateAsync(TestDialect dialect)
    {
        var database = await CreateEmptyAsync(dialect);
        await database.MigrateAsync();
        return database;
    }

    public static async Task<TestDatabase> CreateEmptyAsync(TestDialect dialect) =>
        dialect == TestDialect.Sqlite ? new SqliteTestDatabase() : await PostgresTestDatabase.CreateAsync(await SharedPostgres.GetAsync());

    public Task MigrateAsync() => new StorageMigrator(Database, NullLogger<StorageMigrator>.Instance).MigrateAsync(CancellationToken.None);

    /// <summary>As a restart of the process does.</summary>
    public void Reopen()
    {
        (_database as IDisposable)?.Dispose();
        _database = null;
    }

    /// <summary>The same database as another process has it.</summary>
    public abstract TestDatabase Another(TimeSpan? callTimeout = null);

    /// <summary>Fills a host's options.</summary>
    public abstract void Configure(StorageOptions options);

    /// <summary>Puts literals of this database for <c>{n zeros}</c>.</summary>
    public abstract string Bytes(string sql);

    /// <summary>All that the database holds, as text.</summary>
    public abstract Task<string> ReadAllAsync();

    /// <summary>What somebody with access to the database could do.</summary>
    public Task<int> ExecuteAsync(string sql, object? values = null) =>
        Database.WriteAsync((transaction, _) => transaction.Connection!.ExecuteAsync(sql, values, transaction), CancellationToken.None);

    public Task<T?> ScalarAsync<T>(string sql) =>
        Database.ReadAsync((connection, _) => connection.ExecuteScalarAsync<T>(sql), CancellationToken.None);

    public virtual void Dispose() => Reopen();

    protected abstract GatewayDatabase Open(TimeSpan callTimeout);
}
