using System.Text;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests.Sql;

public sealed class StorageMigratorTests
{
    [Fact]
    public async Task A_new_database_gets_every_migration_once()
    {
        using var database = await TestDatabase.CreateAsync();

        await database.MigrateAsync();

        var known = Migration.Load("Sqlite").Count;
        (await database.ScalarAsync<int>("SELECT count(*) FROM schema_version")).Should().Be(known).And.BePositive();
    }

    [Fact]
    public async Task Several_processes_may_migrate_at_once()
    {
        using var database = await TestDatabase.CreateAsync();
        File.Delete(database.Path);
        database.Reopen();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var other = new SqliteDatabase(database.Path, TestDatabase.CallTimeout, database.Time);
            await new StorageMigrator(other, NullLogger<StorageMigrator>.Instance).MigrateAsync(CancellationToken.None);
        }));

        (await database.ScalarAsync<int>("SELECT count(*) FROM schema_version")).Should().Be(Migration.Load("Sqlite").Count);
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_in_one_line_that_says_what_to_do()
    {
        using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("INSERT INTO schema_version (version, name, applied_at) VALUES (9999, 'from the future', 0)");

        var migrate = database.MigrateAsync;

        var failure = (await migrate.Should().ThrowAsync<StorageVersionException>()).Which;
        failure.Message.Should().Contain("9999").And.Contain(database.Path).And.Contain("restore a backup").And.NotContain("\n");
    }

    [Fact]
    public async Task A_failed_migration_leaves_the_previous_schema()
    {
        using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("DELETE FROM schema_version");

        var migrate = database.MigrateAsync;

        await migrate.Should().ThrowAsync<StorageUnavailableException>("its tables exist already");
        (await database.ScalarAsync<int>("SELECT count(*) FROM schema_version")).Should().Be(0);
        (await database.ScalarAsync<int>("SELECT count(*) FROM versions")).Should().Be(1);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named()
    {
        using var database = await TestDatabase.CreateAsync();
        var path = database.Path + ".txt";
        await File.WriteAllTextAsync(path, new string('x', 4096), Encoding.ASCII, TestContext.Current.CancellationToken);
        using var broken = new SqliteDatabase(path, TestDatabase.CallTimeout, database.Time);

        var migrate = () => new StorageMigrator(broken, NullLogger<StorageMigrator>.Instance).MigrateAsync(CancellationToken.None);

        (await migrate.Should().ThrowAsync<StorageUnavailableException>()).Which.Message.Should().Contain(path);
    }
}
