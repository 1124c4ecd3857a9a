using Dapper;
using Gateway.Storage.Keys;
using Gateway.Testing;
using Npgsql;

namespace Gateway.Storage.Tests.Keys;

/// <summary>Several processes change keys at once, on a database that lets them: what a reader has seen must stay complete.</summary>
public sealed class KeyVersionOrderTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_change_whose_commit_is_late_is_not_overtaken_by_a_greater_version()
    {
        using var database = await CreateAsync();
        using var other = database.Another();
        await TestKeys.StoreOf(database).InsertAsync(TestKeys.New("k0"), TestKeys.Audit, null, None);
        await using var stalled = await StalledChangeAsync(database);

        var rival = TestKeys.StoreOf(other).InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);
        await WaitingAsync(database, 1);

        (await TestKeys.StoreOf(database).ChangedSinceAsync(0, 10, None)).Select(key => key.Record.Id).Should().Equal("k0");
        rival.IsCompleted.Should().BeFalse("its version would be greater than the one that is not committed yet");
        await stalled.CommitAsync();
        await rival;
        var last = (await TestKeys.StoreOf(database).FindAsync("k1", None))!.Record.Version;
        last.Should().BeGreaterThan(StalledVersion);
        (await TestKeys.StoreOf(database).MaxVersionAsync(None)).Should().Be(last);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_revocation_and_an_update_at_the_same_time_the_revocation_holds(bool revokeFirst)
    {
        using var database = await CreateAsync();
        using var first = database.Another();
        using var second = database.Another();
        var created = (await TestKeys.StoreOf(database).InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None)).Stored!.Record;
        await using var stalled = await StalledChangeAsync(database);
        Task Revoke(TestDatabase process) => TestKeys.StoreOf(process).RevokeAsync("k1", TestKeys.Audit, None);
        Task<ApiKeyRecord?> Update(TestDatabase process) => TestKeys.StoreOf(process).UpdateAsync(created with { Name = "renamed" }, TestKeys.Audit, None);

        var revoking = revokeFirst ? Revoke(first) : null;
        var updating = revokeFirst ? null : Update(first);
        await WaitingAsync(database, 1);
        revoking ??= Revoke(second);
        updating ??= Update(second);
        await WaitingAsync(database, 2);
        await stalled.CommitAsync();
        await revoking;
        var updated = await updating;

        // Of two that wait for a row whose holder changed it, PostgreSQL mostly, not always, lets the first go first.
        var stored = await TestKeys.StoreOf(database).FindAsync("k1", None);
        stored!.Record.RevokedAt.Should().NotBeNull();
        stored.Record.Name.Should().Be(updated is null ? "a key" : "renamed");
        stored.IsAuthentic.Should().BeTrue();
    }

    [Fact]
    public async Task A_follower_misses_no_change_of_many_processes()
    {
        const int Processes = 6;
        const int Changes = 25;
        using var database = await CreateAsync();
        var writing = Task.WhenAll(Enumerable.Range(0, Processes).Select(async number =>
        {
            using var process = database.Another();
            var store = TestKeys.StoreOf(process);
            for (var i = 0; i < Changes; i++)
            {
                await store.InsertAsync(TestKeys.New($"k{number}-{i:00}"), TestKeys.Audit, null, None);
            }
        }));

        var seen = new List<string>();
        var versions = new List<long>();
        var store = TestKeys.StoreOf(database);
        for (var ended = false; !ended;)
        {
            ended = writing.IsCompleted;
            var since = versions.LastOrDefault();
            var known = await store.MaxVersionAsync(None);
            var page = await store.ChangedSinceAsync(since, 1000, None);
            seen.AddRange(page.Select(key => key.Record.Id));
            versions.AddRange(page.Select(key => key.Record.Version));
            versions.LastOrDefault().Should().BeGreaterThanOrEqualTo(known, "a version that was told is there to be read");
        }

        await writing;
        seen.Should().HaveCount(Processes * Changes).And.OnlyHaveUniqueItems();
        versions.Should().BeInAscendingOrder();
    }

    [Fact]
    public async Task A_process_that_hangs_in_the_middle_of_a_change_does_not_stop_the_others()
    {
        using var database = await CreateAsync();
        using var hung = database.Another();
        var forever = new TaskCompletionSource<int>();
        var entered = new TaskCompletionSource();
        var hanging = hung.Database.WriteAsync(
            async (transaction, _) =>
            {
                await transaction.Connection!.ExecuteAsync("UPDATE versions SET value = value", transaction: transaction);
                entered.TrySetResult();
                return await forever.Task;
            },
            None);
        await entered.Task;

        await TestKeys.StoreOf(database).InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);

        (await TestKeys.StoreOf(database).FindAsync("k1", None)).Should().NotBeNull();
        forever.SetCanceled();
        await FluentActions.Awaiting(() => hanging).Should().ThrowAsync<Exception>();
    }

    private const long StalledVersion = 1_893_456_000_500;

    private static async Task<PostgresTestDatabase> CreateAsync() => (PostgresTestDatabase)await TestDatabase.CreateAsync(TestDialect.Postgres);

    // A change of another process that has its version and has not committed.
    private static async Task<StalledChange> StalledChangeAsync(PostgresTestDatabase database)
    {
        var connection = new NpgsqlConnection(database.Server.ConnectionString() + $";Search Path={database.Schema}");
        await connection.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("UPDATE versions SET value = @StalledVersion WHERE name = 'keys'", new { StalledVersion }, transaction);
        return new StalledChange(connection, transaction);
    }

    private static Task WaitingAsync(PostgresTestDatabase database, int count) => Eventually.TrueAsync(
        async () => await database.Server.ScalarAsync<long>(
            $"SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.application_name = '{database.Schema}'") == count,
        $"{count} changes wait");

    private sealed class StalledChange(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public Task CommitAsync() => transaction.CommitAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
