using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Gateway.Storage.Sql;

/// <summary>
/// Brings the database to the schema of this version, whoever else starts at the same time: (1) wait for rival migrations, (2) read
/// the version, (3) run what is missing, all in one transaction.
/// </summary>
/// <remarks>
/// Migrations only add, so that this version and the next run side by side on a shared database: a newer schema is used as it is,
/// and never taken back. The file of an embedded gateway has one owner; there a newer schema means a mistaken downgrade.
/// </remarks>
public sealed partial class StorageMigrator(GatewayDatabase database, ILogger<StorageMigrator> logger)
{
    private const int Unlimited = 0;

    /// <exception cref="StorageVersionException">A newer version of the gateway wrote this embedded database.</exception>
    /// <exception cref="StorageUnavailableException">The database cannot be opened or written.</exception>
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var migrations = Migration.Load(database.Dialect);

        // One transaction for all: a failing script leaves the schema that the previous version understands.
        var applied = await database.MigrateAsync((transaction, token) => ApplyAsync(transaction, migrations, token), cancellationToken);
        foreach (var migration in applied)
        {
            LogApplied(migration.Name);
        }
    }

    private async Task<IReadOnlyList<Migration>> ApplyAsync(DbTransaction transaction, IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        if (database.MigrationLock is { } wait)
        {
            await ExecuteAsync(transaction, wait, null, cancellationToken);
        }

        await ExecuteAsync(
            transaction,
            "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)",
            null,
            cancellationToken);
        var current = await transaction.Connection!.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT coalesce(max(version), 0) FROM schema_version", transaction: transaction, cancellationToken: cancellationToken));
        if (current > migrations.Count && !database.IsShared)
        {
            throw new StorageVersionException(database.DisplayName, current, migrations.Count);
        }

        var missing = migrations.Skip(current).ToList();
        foreach (var migration in missing)
        {
            await ExecuteAsync(transaction, migration.Script, null, cancellationToken);
            await ExecuteAsync(
                transaction,
                "INSERT INTO schema_version (version, name, applied_at) VALUES (@Version, @Name, @AppliedAt)",
                new { migration.Version, migration.Name, AppliedAt = database.NowMilliseconds },
                cancellationToken);
        }

        return missing;
    }

    private static Task<int> ExecuteAsync(DbTransaction transaction, string statement, object? values, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(statement, values, transaction, Unlimited, cancellationToken: cancellationToken));

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Database migration {Name} applied.")]
    private partial void LogApplied(string name);
}
