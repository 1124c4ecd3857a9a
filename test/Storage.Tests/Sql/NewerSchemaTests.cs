using System.Text;
using Gateway.Storage.Grains;
using Gateway.Storage.Sql;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Storage.Tests.Sql;

public sealed class NewerSchemaTests
{
    private const string FromTheFuture = "INSERT INTO schema_version (version, name, applied_at) VALUES (9999, 'from the future', 0)";

    [Fact]
    public async Task An_embedded_database_of_a_newer_version_is_refused_in_one_line_that_says_what_to_do()
    {
        using var database = (SqliteTestDatabase)await TestDatabase.CreateAsync(TestDialect.Sqlite);
        await database.ExecuteAsync(FromTheFuture);

        var migrate = database.MigrateAsync;

        var failure = (await migrate.Should().ThrowAsync<StorageVersionException>()).Which;
        failure.Message.Should().Contain("9999").And.Contain(database.Path).And.Contain("restore a backup").And.NotContain("\n");
    }

    [Fact]
    public async Task A_shared_database_of_a_newer_version_is_used_by_an_older_process_and_left_as_it_is()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Postgres);
        await database.ExecuteAsync("ALTER TABLE grain_state ADD COLUMN added_later TEXT NOT NULL DEFAULT 'x'; CREATE TABLE added_later (id BIGINT)");
        await database.ExecuteAsync(FromTheFuture);

        await database.MigrateAsync();
        var state = new CounterState { State = new Counter { Value = 7 } };
        await new SqlGrainStorage(database.Database).WriteStateAsync("state", GrainId.Create("a", "b"), state);

        (await database.ScalarAsync<int>("SELECT max(version) FROM schema_version")).Should().Be(9999);
        (await database.ScalarAsync<string>("SELECT added_later FROM grain_state")).Should().Be("x");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named()
    {
        using var database = (SqliteTestDatabase)await TestDatabase.CreateAsync(TestDialect.Sqlite);
        var path = database.Path + ".txt";
        await File.WriteAllTextAsync(path, new string('x', 4096), Encoding.ASCII, TestContext.Current.CancellationToken);
        using var broken = new SqliteDatabase(path, TestDatabase.CallTimeout, database.Time);

        var migrate = () => new StorageMigrator(broken, NullLogger<StorageMigrator>.Instance).MigrateAsync(CancellationToken.None);

        (await migrate.Should().ThrowAsync<StorageUnavailableException>()).Which.Message.Should().Contain(path);
    }
}
