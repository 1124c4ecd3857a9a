using Dapper;

namespace Gateway.Storage.Tests.Sql;

public abstract class GatewayDatabaseTests(TestDialect dialect)
{
    [Fact]
    public async Task A_write_that_throws_leaves_nothing_behind()
    {
        using var database = await TestDatabase.CreateAsync(dialect);

        var write = () => database.Database.WriteAsync<int>(
            async (transaction, _) =>
            {
                await transaction.Connection!.ExecuteAsync("UPDATE versions SET value = 77", transaction: transaction);
                throw new InvalidDataException();
            },
            CancellationToken.None);

        await write.Should().ThrowAsync<InvalidDataException>();
        (await database.ScalarAsync<long>("SELECT value FROM versions")).Should().Be(0);
    }

    [Theory]
    [InlineData("INSERT INTO versions (name, value) VALUES ('keys', 1)")]
    [InlineData("INSERT INTO versions (name, value) VALUES (NULL, 1)")]
    [InlineData("SELEKT 1")]
    public async Task A_statement_that_is_refused_is_no_outage(string statement)
    {
        using var database = await TestDatabase.CreateAsync(dialect);

        var write = () => database.ExecuteAsync(statement);

        await write.Should().ThrowAsync<StorageStatementException>();
    }

    [Fact]
    public async Task A_value_that_breaks_a_rule_is_in_no_message()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        await database.ExecuteAsync("INSERT INTO versions (name, value) VALUES ('canary', 1)");

        var write = () => database.ExecuteAsync("INSERT INTO versions (name, value) VALUES (@Name, 1)", new { Name = "canary" });

        (await write.Should().ThrowAsync<StorageStatementException>()).Which.ToString().Should().NotContain("canary");
    }

    [Fact]
    public async Task Concurrent_writes_all_take_effect()
    {
        using var database = await TestDatabase.CreateAsync(dialect);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => database.ExecuteAsync("UPDATE versions SET value = value + 1")));

        (await database.ScalarAsync<long>("SELECT value FROM versions")).Should().Be(50);
    }

    [Fact]
    public async Task A_call_that_hangs_ends_at_its_bound()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        using var bounded = database.Another(TimeSpan.FromMilliseconds(50));
        var hang = new TaskCompletionSource<int>();

        var read = () => bounded.Database.ReadAsync((_, _) => hang.Task, CancellationToken.None);

        await read.Should().ThrowAsync<StorageUnavailableException>();
        hang.SetResult(0);
    }

    [Fact]
    public async Task A_write_that_another_process_blocks_ends_at_its_bound()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        using var bounded = database.Another(TimeSpan.FromMilliseconds(50));
        var release = new TaskCompletionSource<int>();
        var entered = new TaskCompletionSource();
        var blocker = database.Database.WriteAsync(
            async (transaction, _) =>
            {
                await transaction.Connection!.ExecuteAsync("UPDATE versions SET value = 2", transaction: transaction);
                entered.SetResult();
                return await release.Task;
            },
            CancellationToken.None);
        await entered.Task;

        var write = () => bounded.Database.WriteAsync((transaction, _) => transaction.Connection!.ExecuteAsync("UPDATE versions SET value = 1"), CancellationToken.None);

        await write.Should().ThrowAsync<StorageUnavailableException>();
        release.SetResult(0);
        await blocker;
    }

    [Fact]
    public async Task A_caller_that_gives_up_sees_its_own_cancellation()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        using var caller = new CancellationTokenSource();
        var hang = new TaskCompletionSource<int>();

        var read = database.Database.ReadAsync((_, _) => hang.Task, caller.Token);
        await caller.CancelAsync();

        var wait = () => read;
        await wait.Should().ThrowAsync<OperationCanceledException>();
        hang.SetResult(0);
    }
}

public sealed class SqliteDatabaseTests() : GatewayDatabaseTests(TestDialect.Sqlite);

public sealed class PostgresDatabaseTests() : GatewayDatabaseTests(TestDialect.Postgres);
