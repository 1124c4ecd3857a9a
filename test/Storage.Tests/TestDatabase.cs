using Dapper;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests;

/// <summary>A migrated database in a folder of its own that goes away with the test.</summary>
internal sealed class TestDatabase : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-storage-");

    private TestDatabase() => Database = Open();

    /// <summary>Generous: a busy machine must not turn a slow disk into a failure.</summary>
    public static TimeSpan CallTimeout => TimeSpan.FromSeconds(20);

    public ManualTime Time { get; } = new();

    public string Path => System.IO.Path.Combine(_folder.FullName, "gateway.db");

    public SqliteDatabase Database { get; private set; }

    public static async Task<TestDatabase> CreateAsync()
    {
        var database = new TestDatabase();
        await database.MigrateAsync();
        return database;
    }

    public Task MigrateAsync() => new StorageMigrator(Database, NullLogger<StorageMigrator>.Instance).MigrateAsync(CancellationToken.None);

    /// <summary>As a restart of the process does.</summary>
    public void Reopen()
    {
        Database.Dispose();
        Database = Open();
    }

    /// <summary>What somebody with access to the file could do.</summary>
    public Task<int> ExecuteAsync(string sql, object? values = null) =>
        Database.WriteAsync((transaction, _) => transaction.Connection!.ExecuteAsync(sql, values, transaction), CancellationToken.None);

    public Task<T?> ScalarAsync<T>(string sql) =>
        Database.ReadAsync((connection, _) => connection.ExecuteScalarAsync<T>(sql), CancellationToken.None);

    /// <summary>Every byte of the database, its log included.</summary>
    public byte[] ReadFiles()
    {
        using var all = new MemoryStream();
        foreach (var file in _folder.EnumerateFiles())
        {
            using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.CopyTo(all);
        }

        return all.ToArray();
    }

    public void Dispose()
    {
        Database.Dispose();
        _folder.Delete(recursive: true);
    }

    private SqliteDatabase Open() => new(Path, CallTimeout, Time);
}
