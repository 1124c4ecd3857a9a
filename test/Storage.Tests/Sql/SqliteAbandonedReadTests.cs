using Dapper;
using Gateway.Storage.Sql;
using Gateway.Testing;
using Microsoft.Data.Sqlite;

namespace Gateway.Storage.Tests.Sql;

/// <summary>What nobody waits for any more is not read to its end: the driver looks at a token only between rows.</summary>
public sealed class SqliteAbandonedReadTests
{
    // Takes minutes.
    private const string Endless = "WITH RECURSIVE c (x) AS (SELECT begun() UNION ALL SELECT x + 1 FROM c LIMIT 1000000000) SELECT count(*) FROM c";

    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Promptly = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_caller_that_gives_up_frees_its_place_at_once()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Sqlite);
        using var caller = new CancellationTokenSource();
        var places = new LongReads(1);
        var (read, begun) = Begin(database.Database, places, TimeSpan.FromDays(1), caller.Token);
        await begun;

        await caller.CancelAsync();

        await FluentActions.Awaiting(() => read).Should().ThrowAsync<OperationCanceledException>();
        (await NextAsync(database.Database, places).WaitAsync(Promptly)).Should().Be(1);
    }

    [Fact]
    public async Task A_read_that_outlasts_the_patience_frees_its_place_at_once()
    {
        var time = new FakeTimeProvider();
        var folder = Directory.CreateTempSubdirectory("gateway-storage-");
        using (var database = new SqliteDatabase(Path.Combine(folder.FullName, "gateway.db"), TimeSpan.FromSeconds(1), time))
        {
            var places = new LongReads(1);
            var (read, begun) = Begin(database, places, TimeSpan.FromSeconds(10), None);
            await begun;

            time.Advance(TimeSpan.FromSeconds(10));

            await FluentActions.Awaiting(() => read).Should().ThrowAsync<StorageUnavailableException>();
            (await NextAsync(database, places).WaitAsync(Promptly)).Should().Be(1);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_next_user_of_the_connection_is_not_disturbed()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Sqlite);
        for (var i = 0; i < 20; i++)
        {
            using var caller = new CancellationTokenSource();
            var (read, begun) = Begin(database.Database, new LongReads(1), TimeSpan.FromDays(1), caller.Token);
            await begun;
            var cancelling = caller.CancelAsync();
            await FluentActions.Awaiting(() => read).Should().ThrowAsync<OperationCanceledException>();

            (await database.ScalarAsync<long>("WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 100000) SELECT count(*) FROM c")).Should().Be(100_000);
            await cancelling;
        }
    }

    private static (Task<long> Read, Task Begun) Begin(GatewayDatabase database, LongReads places, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var read = database.ReadMuchAsync(
            (connection, token) =>
            {
                ((SqliteConnection)connection).CreateFunction(
                    "begun",
                    () =>
                    {
                        begun.TrySetResult();
                        return 1L;
                    });
                return connection.ExecuteScalarAsync<long>(new CommandDefinition(Endless, commandTimeout: 1, cancellationToken: token));
            },
            places,
            patience,
            cancellationToken);
        return (read, begun.Task);
    }

    private static Task<int> NextAsync(GatewayDatabase database, LongReads places) =>
        database.ReadMuchAsync((connection, _) => connection.ExecuteScalarAsync<int>("SELECT 1"), places, TimeSpan.FromDays(1), None);
}
