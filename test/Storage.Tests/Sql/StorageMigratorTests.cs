using Gateway.Storage.Grains;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Tests.Sql;

public abstract class StorageMigratorTests(TestDialect dialect)
{
    private readonly int _known = Migration.Load(dialect.ToString()).Count;

    [Fact]
    public void All_databases_have_the_same_migrations() =>
        Migration.Load(dialect.ToString()).Select(migration => migration.Name).Should().Equal(Migration.Load("Sqlite").Select(migration => migration.Name));

    [Fact]
    public async Task A_new_database_gets_every_migration_once()
    {
        using var database = await TestDatabase.CreateAsync(dialect);

        await database.MigrateAsync();

        (await database.ScalarAsync<int>("SELECT count(*) FROM schema_version")).Should().Be(_known).And.BePositive();
    }

    [Fact]
    public async Task Ten_processes_may_migrate_at_once()
    {
        using var database = await TestDatabase.CreateEmptyAsync(dialect);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var other = database.Another();
            await other.MigrateAsync();
        }));

        (await database.ScalarAsync<int>("SELECT count(*) FROM schema_version")).Should().Be(_known);
        (await database.ScalarAsync<int>("SELECT count(*) FROM versions")).Should().Be(2, "keys and limits have one each");
    }

    [Fact]
    public async Task A_failed_migration_leaves_the_previous_schema()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        await database.ExecuteAsync("DELETE FROM schema_version");

        var migrate = database.MigrateAsync;

        await migrate.Should().ThrowAsync<StorageStatementException>("its tables exist already");
        (await database.ScalarAsync<int>("SELECT count(*) FROM schema_version")).Should().Be(0);
        (await database.ScalarAsync<int>("SELECT count(*) FROM versions")).Should().Be(2, "keys and limits have one each");
    }

    [Fact]
    public async Task Before_the_migration_calls_fail_as_unavailable_and_afterwards_they_work()
    {
        using var database = await TestDatabase.CreateEmptyAsync(dialect);
        var storage = new SqlGrainStorage(database.Database);
        var read = () => storage.ReadStateAsync("state", GrainId.Create("a", "b"), new CounterState());

        await read.Should().ThrowAsync<StorageUnavailableException>();

        await database.MigrateAsync();
        await read.Should().NotThrowAsync();
    }
}

public sealed class SqliteMigratorTests() : StorageMigratorTests(TestDialect.Sqlite);

public sealed class PostgresMigratorTests() : StorageMigratorTests(TestDialect.Postgres);
