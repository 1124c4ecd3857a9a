using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Sql;

/// <summary>Brings the database to the schema of this version. Safe to run by several processes and again and again.</summary>
public sealed partial class StorageMigrator(GatewayDatabase database, ILogger<StorageMigrator> logger)
{
    /// <exception cref="StorageVersionException">A newer version of the gateway wrote this database.</exception>
    /// <exception cref="StorageUnavailableException">The database cannot be opened or written.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var migrations = Migration.Load(database.Dialect);
        try
        {
            // One transaction for all: a failing script leaves the schema that the previous version understands.
            var applied = await database.MigrateAsync((transaction, token) => ApplyAsync(transaction, migrations, token), cancellationToken);
            foreach (var migration in applied)
            {
                LogApplied(migration.Name);
            }
        }
        catch (DbException exception)
        {
            throw new StorageUnavailableException($"The database {database.DisplayName} cannot be prepared: {exception.Message}", exception);
        }
    }

    private async Task<IReadOnlyList<Migration>> ApplyAsync(DbTransaction transaction, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(new CommandDefinition(
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            transaction: transaction,
            cancellationToken: cancellationToken));
        var current = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT coalesce(max(version), 0) FROM schema_version", transaction: transaction, cancellationToken: cancellationToken));
        if (current > migrations.Count)
        {
            throw new StorageVersionException(database.DisplayName, current, migrations.Count);
        }

        var missing = migrations.Skip(current).ToList();
        foreach (var migration in missing)
        {
            await connection.ExecuteAsync(new CommandDefinition(migration.Script, transaction: transaction, cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO schema_version (version, name, applied_at) VALUES (@Version, @Name, @AppliedAt)",
                new { migration.Version, migration.Name, AppliedAt = database.NowMilliseconds },
                transaction,
                cancellationToken: cancellationToken));
        }

        return missing;
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Database migration {Name} applied.")]
    private partial void LogApplied(string name);
}
