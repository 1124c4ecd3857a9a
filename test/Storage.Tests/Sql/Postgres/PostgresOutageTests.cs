using Gateway.Storage.Grains;
using Gateway.Storage.Keys;
using Gateway.Storage.Sql.Postgres;
using Gateway.Storage.Tests.Keys;
using Gateway.Testing;
using Gateway.Testing.Databases;
using Gateway.Testing.Network;

namespace Gateway.Storage.Tests.Sql.Postgres;

/// <summary>What the storage promises while its server stops, dies, hangs and comes back. Each test harms a server of its own.</summary>
public sealed class PostgresOutageTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly GrainId Id = GrainId.Create("counter", "k");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_restart_nobody_notices_that_pooled_connections_died(bool crash)
    {
        await using var server = await PostgresServer.StartAsync();
        using var database = await MigratedAsync(server);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);
        await FillPoolAsync(database);

        await RestartAsync(server, crash);

        (await store.FindAsync("k1", None)).Should().NotBeNull();
        await FillPoolAsync(database);
        await RestartAsync(server, crash);
        (await store.RevokeAsync("k1", TestKeys.Audit, None)).Should().NotBeNull("nothing of it was committed, so it could run again");
        await FillPoolAsync(database);
        await RestartAsync(server, crash);
        await new SqlGrainStorage(database.Database).WriteStateAsync("state", Id, new CounterState());
    }

    [Fact]
    public async Task Reads_and_writes_under_way_survive_a_restart_as_data_or_as_unavailable_and_no_write_is_lost()
    {
        await using var server = await PostgresServer.StartAsync();
        using var database = await MigratedAsync(server);
        var storage = new SqlGrainStorage(database.Database);
        using var stop = new CancellationTokenSource();
        var state = new CounterState();
        await storage.WriteStateAsync("state", Id, state);
        var written = 0;
        var working = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    state.State = new Counter { Value = written + 1 };
                    await storage.WriteStateAsync("state", Id, state);
                    Interlocked.Increment(ref written);
                }
                catch (Exception exception) when (exception is StorageUnavailableException or Orleans.Storage.InconsistentStateException)
                {
                    // The rule after an unknown outcome or a conflict: read again.
                    await ReadAgainAsync(storage, state);
                    Volatile.Write(ref written, state.State.Value);
                }
            }
        });

        await Eventually.TrueAsync(() => Volatile.Read(ref written) > 20, "writes go on");
        await RestartAsync(server, crash: true);
        var before = Volatile.Read(ref written);
        await Eventually.TrueAsync(() => Volatile.Read(ref written) > before + 20, "writes go on after the restart");
        await stop.CancelAsync();
        await working;

        var read = new CounterState();
        await storage.ReadStateAsync("state", Id, read);
        read.State.Value.Should().Be(written);
    }

    [Fact]
    public async Task A_write_of_state_that_never_reached_the_server_is_made_again_on_another_connection()
    {
        var server = await SharedPostgres.GetAsync();
        using var database = await MigratedAsync(server);
        await using var link = TcpLink.To(server.Port);
        using var distant = database.Behind(link.Port, TimeSpan.FromSeconds(30));
        var (storage, state) = (new SqlGrainStorage(distant.Database), new CounterState { State = new Counter { Value = 1 } });
        await storage.WriteStateAsync("state", Id, state);

        link.Cut();
        state.State = new Counter { Value = 2 };
        var writing = storage.WriteStateAsync("state", Id, state);
        link.Heal();
        await writing;

        (await StoredAsync(database)).Should().BeEquivalentTo(state);
    }

    [Fact]
    public async Task A_write_of_state_whose_answer_was_lost_is_a_conflict_and_is_not_made_twice()
    {
        var server = await SharedPostgres.GetAsync();
        using var database = await MigratedAsync(server);
        await using var link = TcpLink.To(server.Port);
        using var distant = database.Behind(link.Port, TimeSpan.FromSeconds(30));
        var (storage, state) = (new SqlGrainStorage(distant.Database), new CounterState { State = new Counter { Value = 1 } });
        await storage.WriteStateAsync("state", Id, state);
        var before = state.ETag;

        link.CutAnswers();
        state.State = new Counter { Value = 2 };
        var writing = storage.WriteStateAsync("state", Id, state);
        var stored = await Eventually.MatchAsync(() => StoredAsync(database), stored => stored.State.Value == 2, "the server has it");
        link.Heal();

        (await FluentActions.Awaiting(() => writing).Should().ThrowAsync<Orleans.Storage.InconsistentStateException>()).Which.StoredEtag.Should().Be(stored.ETag);
        state.ETag.Should().Be(before, "whose write it was is not known");
        (await StoredAsync(database)).Should().BeEquivalentTo(stored);
    }

    [Fact]
    public async Task A_frozen_server_holds_nobody_beyond_the_bound_and_serves_again_when_it_goes_on()
    {
        await using var server = await PostgresServer.StartAsync();
        using var database = await MigratedAsync(server);
        using var bounded = database.Another(TimeSpan.FromSeconds(1));
        var store = TestKeys.StoreOf(bounded);
        await FillPoolAsync(bounded);

        server.Freeze();
        try
        {
            // More than the pool has: those that wait for a connection are bounded as well.
            var calls = Enumerable.Range(0, 30).Select(i => i % 2 == 0
                ? store.MaxVersionAsync(None)
                : (Task)store.InsertAsync(TestKeys.New($"k{i}"), TestKeys.Audit, null, None)).ToList();

            await Eventually.TrueAsync(() => calls.TrueForAll(call => call.IsCompleted), "every call ended", TimeSpan.FromSeconds(5));
            foreach (var call in calls)
            {
                await FluentActions.Awaiting(() => call).Should().ThrowAsync<StorageUnavailableException>();
            }
        }
        finally
        {
            server.Thaw();
        }

        await Eventually.TrueAsync(() => WorksAsync(() => store.MaxVersionAsync(None)), "it serves again");
        await Eventually.TrueAsync(() => WorksAsync(() => store.InsertAsync(TestKeys.New("late"), TestKeys.Audit, null, None)), "it writes again");
    }

    [Fact]
    public async Task The_pool_is_bounded_whatever_is_asked_at_once()
    {
        await using var server = await PostgresServer.StartAsync();
        using var database = await MigratedAsync(server);

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => database.ScalarAsync<string>("SELECT CAST(pg_sleep(0.01) AS TEXT)")));

        (await server.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{database.Schema}'")).Should().BeInRange(1, 8);
    }

    [Fact]
    public async Task A_new_password_is_used_by_the_next_connection()
    {
        await using var server = await PostgresServer.StartAsync();
        using var database = await MigratedAsync(server);
        await server.ExecuteAsync("CREATE ROLE rotated LOGIN SUPERUSER PASSWORD 'first'");
        var url = database.Url.Replace($"{PostgresServer.User}:{server.Password}", "rotated:{0}");
        PostgresTarget.TryParse(string.Format(null, url, "first"), out var target, out _).Should().BeTrue();
        using var rotating = new PostgresDatabase(target!, TestDatabase.CallTimeout, TimeProvider.System);
        var store = new SqlApiKeyStore(rotating, new ApiKeySeal(TestKeys.Secret));
        await store.MaxVersionAsync(None);

        await server.ExecuteAsync("ALTER ROLE rotated PASSWORD 'second'");
        await server.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'rotated'");
        await FluentActions.Awaiting(() => store.MaxVersionAsync(None)).Should().ThrowAsync<StorageUnavailableException>().WithMessage("*password of DATABASE_URL*");
        target!.Renew(string.Format(null, url, "second")).Should().BeNull();

        (await store.MaxVersionAsync(None)).Should().Be(0);
    }

    [Fact]
    public async Task A_server_that_became_read_only_is_unavailable_for_writes_until_another_takes_over()
    {
        await using var server = await PostgresServer.StartAsync();
        using var database = await MigratedAsync(server);
        var store = TestKeys.StoreOf(database);
        await store.MaxVersionAsync(None);

        await server.ExecuteAsync($"ALTER ROLE {PostgresServer.User} SET default_transaction_read_only = on");
        await server.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{database.Schema}'");
        await FluentActions.Awaiting(() => store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None))
            .Should().ThrowAsync<StorageUnavailableException>().WithMessage("*read-only*");
        await server.ExecuteAsync($"BEGIN READ WRITE; ALTER ROLE {PostgresServer.User} RESET default_transaction_read_only; COMMIT");

        (await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None)).Outcome.Should().Be(InsertionOutcome.Created);
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_answers_is_used()
    {
        var server = await SharedPostgres.GetAsync();
        var url = server.Url().Replace($"127.0.0.1:{server.Port}", $"127.0.0.1:{FreePort.Next()},127.0.0.1:{server.Port}");
        PostgresTarget.TryParse(url, out var target, out _).Should().BeTrue();
        using var database = new PostgresDatabase(target!, TestDatabase.CallTimeout, TimeProvider.System);

        (await database.ReadAsync((connection, _) => Dapper.SqlMapper.ExecuteScalarAsync<int>(connection, "SELECT 1"), None)).Should().Be(1);
    }

    private static async Task<CounterState> StoredAsync(TestDatabase database)
    {
        var read = new CounterState();
        await new SqlGrainStorage(database.Database).ReadStateAsync("state", Id, read);
        return read;
    }

    private static async Task<PostgresTestDatabase> MigratedAsync(PostgresServer server)
    {
        var database = await PostgresTestDatabase.CreateAsync(server);
        await database.MigrateAsync();
        return database;
    }

    // All eight connections are open and idle: each of them dies with the server.
    private static async Task FillPoolAsync(TestDatabase database) =>
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => database.ScalarAsync<string>("SELECT CAST(pg_sleep(0.1) AS TEXT)")));

    private static async Task RestartAsync(PostgresServer server, bool crash)
    {
        await (crash ? server.KillAsync() : server.StopAsync());
        await server.StartAgainAsync();
    }

    private static Task ReadAgainAsync(SqlGrainStorage storage, CounterState state) =>
        Eventually.TrueAsync(() => WorksAsync(() => storage.ReadStateAsync("state", Id, state)), "the state can be read");

    private static async Task<bool> WorksAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }
}
