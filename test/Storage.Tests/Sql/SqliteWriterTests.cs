using System.Data.Common;
using Dapper;
using Gateway.Storage.Sql;

namespace Gateway.Storage.Tests.Sql;

/// <summary>Many who write to the embedded database at once.</summary>
public sealed class SqliteWriterTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_is_reported_as_written_is_there_and_nothing_of_what_failed(int seed)
    {
        using var database = await TestDatabase.CreateEmptyAsync(TestDialect.Sqlite);
        await database.ExecuteAsync("CREATE TABLE numbers (number INTEGER NOT NULL PRIMARY KEY)");
        var random = new Random(seed);
        var fates = Enumerable.Range(0, 400).Select(_ => random.Next(4)).ToList();

        var outcomes = await Task.WhenAll(fates.Select((fate, number) => Task.Run(async () =>
        {
            try
            {
                return await database.Database.WriteAsync((transaction, _) => RunAsync(transaction, number, fate), None);
            }
            catch (Exception exception) when (exception is InvalidOperationException or StorageStatementException)
            {
                return false;
            }
        })));

        outcomes.Should().Equal(fates.Select(fate => fate > 1));
        (await StoredAsync(database)).Should().Equal(Enumerable.Range(0, fates.Count).Where(number => fates[number] > 1));
    }

    [Fact]
    public async Task Where_the_database_gives_up_a_transaction_everything_in_it_has_failed()
    {
        using var database = await TestDatabase.CreateEmptyAsync(TestDialect.Sqlite);
        await database.ExecuteAsync("CREATE TABLE numbers (number INTEGER NOT NULL PRIMARY KEY)");
        using var gate = new ManualResetEventSlim();
        var first = await BeginAsync(database, gate);

        // They wait together, so that they share a transaction, which the third one ends behind everybody's back.
        var writes = Enumerable.Range(0, 5).Select(number => database.Database.WriteAsync(
            async (transaction, _) =>
            {
                await RunAsync(transaction, number, fate: 2);
                return number != 2 ? 0 : await transaction.Connection!.ExecuteAsync("ROLLBACK", transaction: transaction);
            },
            None)).ToList();
        gate.Set();
        await first;

        foreach (var write in writes)
        {
            await FluentActions.Awaiting(() => write).Should().ThrowAsync<StorageUnavailableException>("it is no fault of theirs, and they may be tried again");
        }

        (await StoredAsync(database)).Should().BeEmpty();
        await database.ExecuteAsync("INSERT INTO numbers VALUES (99)");
        (await StoredAsync(database)).Should().Equal(99);
    }

    [Fact]
    public async Task A_write_for_which_the_disk_has_no_room_makes_its_neighbours_fail_as_it_does_itself()
    {
        using var database = await TestDatabase.CreateEmptyAsync(TestDialect.Sqlite);
        await database.ExecuteAsync("CREATE TABLE numbers (number INTEGER NOT NULL PRIMARY KEY); CREATE TABLE texts (text TEXT); PRAGMA max_page_count = 20; PRAGMA cache_spill = 1; PRAGMA cache_size = 5");
        using var gate = new ManualResetEventSlim();
        var first = await BeginAsync(database, gate);
        var writes = Enumerable.Range(0, 5).Select(number => database.Database.WriteAsync(
            async (transaction, _) =>
            {
                await RunAsync(transaction, number, fate: 2);
                return number != 2 ? 0 : await transaction.Connection!.ExecuteAsync("INSERT INTO texts VALUES (hex(zeroblob(1000000)))", transaction: transaction);
            },
            None)).ToList();
        gate.Set();
        await first;

        foreach (var write in writes)
        {
            await FluentActions.Awaiting(() => write).Should().ThrowAsync<StorageUnavailableException>();
        }

        (await StoredAsync(database)).Should().BeEmpty();
    }

    [Fact]
    public async Task Who_gives_up_while_it_waits_leaves_nothing_behind()
    {
        using var database = await TestDatabase.CreateEmptyAsync(TestDialect.Sqlite);
        await database.ExecuteAsync("CREATE TABLE numbers (number INTEGER NOT NULL PRIMARY KEY)");
        using var gate = new ManualResetEventSlim();
        using var patience = new CancellationTokenSource();
        var first = await BeginAsync(database, gate);
        var impatient = database.Database.WriteAsync((transaction, _) => RunAsync(transaction, 1, fate: 2), patience.Token);
        var patient = database.Database.WriteAsync((transaction, _) => RunAsync(transaction, 2, fate: 2), None);

        await patience.CancelAsync();
        await FluentActions.Awaiting(() => impatient).Should().ThrowAsync<OperationCanceledException>();
        gate.Set();
        await first;
        await patient;

        (await StoredAsync(database)).Should().Equal(2);
    }

    [Fact]
    public async Task A_reader_that_takes_its_time_holds_up_no_write_and_sees_what_was_there_when_it_began()
    {
        using var database = await TestDatabase.CreateEmptyAsync(TestDialect.Sqlite);
        await database.ExecuteAsync("CREATE TABLE numbers (number INTEGER NOT NULL PRIMARY KEY)");
        await database.ExecuteAsync("INSERT INTO numbers VALUES (1)");
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = database.Database.ReadAsync(
            async (connection, _) =>
            {
                await connection.ExecuteAsync("BEGIN DEFERRED");
                var before = await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM numbers");
                begun.SetResult();
                gate.Wait(None);
                var after = await connection.ExecuteScalarAsync<int>("SELECT count(*) FROM numbers");
                await connection.ExecuteAsync("COMMIT");
                return (before, after);
            },
            None);
        await begun.Task;

        await database.ExecuteAsync("INSERT INTO numbers VALUES (2)");

        gate.Set();
        (await reading).Should().Be((1, 1));
        (await StoredAsync(database)).Should().Equal(1, 2);
    }

    [Fact]
    public async Task After_a_failed_round_the_next_one_writes()
    {
        using var database = await TestDatabase.CreateEmptyAsync(TestDialect.Sqlite);
        await database.ExecuteAsync("CREATE TABLE numbers (number INTEGER NOT NULL PRIMARY KEY)");

        await FluentActions.Awaiting(() => database.Database.WriteAsync((transaction, _) => transaction.Connection!.ExecuteAsync("ROLLBACK", transaction: transaction), None)).Should().ThrowAsync<Exception>();

        await database.Database.WriteAsync((transaction, _) => RunAsync(transaction, 7, fate: 2), None);
        (await StoredAsync(database)).Should().Equal(7);
    }

    [Fact]
    public async Task After_a_failed_round_nothing_of_its_connection_is_used_again()
    {
        using var database = await TestDatabase.CreateEmptyAsync(TestDialect.Sqlite);
        await database.ExecuteAsync("CREATE TEMP TABLE leftover (number INTEGER)");

        await FluentActions.Awaiting(() => database.ExecuteAsync("ROLLBACK")).Should().ThrowAsync<Exception>();

        (await database.Database.WriteAsync((transaction, _) => transaction.Connection!.ExecuteScalarAsync<int>("SELECT count(*) FROM temp.sqlite_master", transaction: transaction), None)).Should().Be(0);
    }

    /// <param name="fate">0: fails after it wrote; 1: a statement of it is wrong; else it writes.</param>
    private static async Task<bool> RunAsync(DbTransaction transaction, int number, int fate)
    {
        await transaction.Connection!.ExecuteAsync("INSERT INTO numbers VALUES (@number)", new { number }, transaction);
        switch (fate)
        {
            case 0:
                throw new InvalidOperationException("This one fails.");
            case 1:
                await transaction.Connection!.ExecuteAsync("INSERT INTO numbers VALUES (@number)", new { number }, transaction);
                break;
        }

        return true;
    }

    /// <summary>A write that is under way until the gate opens.</summary>
    private static async Task<Task> BeginAsync(TestDatabase database, ManualResetEventSlim gate)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var write = database.Database.WriteAsync(
            (_, _) =>
            {
                begun.SetResult();
                gate.Wait(None);
                return Task.FromResult(true);
            },
            None);
        await begun.Task;
        return write;
    }

    private static Task<List<int>> StoredAsync(TestDatabase database) => database.Database.ReadAsync(
        async (connection, _) => (await connection.QueryAsync<int>("SELECT number FROM numbers ORDER BY number")).ToList(), None);
}
