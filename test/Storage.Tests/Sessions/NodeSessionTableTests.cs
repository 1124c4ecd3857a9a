using Gateway.Storage.Sessions;

namespace Gateway.Storage.Tests.Sessions;

public abstract class NodeSessionTableTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_session_that_is_renewed_is_not_lost()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);

        (await table.RenewAsync("one", "node-1", None)).Should().BeTrue();
        (await table.RenewAsync("one", "node-1", None)).Should().BeTrue();

        (await table.FindLostAsync(["one"], None)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_session_that_was_not_renewed_for_ten_seconds_is_lost_for_good()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("silent", "node-1", None);
        await table.RenewAsync("lively", "node-2", None);
        await RenewForAsync(database, table, TimeSpan.FromSeconds(12), "lively");

        (await table.FindLostAsync(["lively", "silent"], None)).Should().Equal("silent");
        (await table.RenewAsync("silent", "node-1", None)).Should().BeFalse("what it held was given to others");
        (await table.FindLostAsync(["lively", "silent"], None)).Should().Equal("silent");
    }

    [Fact]
    public async Task A_late_renewal_is_in_time_while_nobody_has_taken_the_session_for_lost()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("one", "node-1", None);
        await table.RenewAsync("lively", "node-2", None);
        await RenewForAsync(database, table, TimeSpan.FromMinutes(1), "lively");

        (await table.RenewAsync("one", "node-1", None)).Should().BeTrue();
        (await table.FindLostAsync(["one"], None)).Should().BeEmpty();
    }

    [Fact]
    public async Task After_an_outage_nobody_is_lost_until_a_session_was_renewed_evenly_for_ten_seconds()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("late", "node-1", None);
        await table.RenewAsync("first", "node-2", None);
        await RenewForAsync(database, table, TimeSpan.FromSeconds(20), "late", "first");

        await PassAsync(database, TimeSpan.FromSeconds(30));
        (await table.FindLostAsync(["late"], None)).Should().BeEmpty("nobody could renew");
        await table.RenewAsync("first", "node-2", None);
        (await table.FindLostAsync(["late"], None)).Should().BeEmpty("it had no time to renew");
        await RenewForAsync(database, table, TimeSpan.FromSeconds(4), "first");
        (await table.FindLostAsync(["late"], None)).Should().BeEmpty();
        await RenewForAsync(database, table, TimeSpan.FromSeconds(8), "first");

        (await table.FindLostAsync(["late"], None)).Should().Equal("late");
    }

    [Fact]
    public async Task A_step_of_the_clock_of_the_database_ends_no_session()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("one", "node-1", None);
        await table.RenewAsync("two", "node-2", None);
        foreach (var seconds in (int[])[3, 11, 3600, -5, -3600, 11])
        {
            await RenewForAsync(database, table, TimeSpan.FromSeconds(20), "one", "two");
            await PassAsync(database, TimeSpan.FromSeconds(seconds));

            (await table.FindLostAsync(["one", "two"], None)).Should().BeEmpty("the clock was set by {0} s", seconds);
            await table.RenewAsync("two", "node-2", None);
            (await table.FindLostAsync(["one", "two"], None)).Should().BeEmpty("the clock was set by {0} s", seconds);
            (await table.RenewAsync("one", "node-1", None)).Should().BeTrue();
        }
    }

    [Fact]
    public async Task A_small_step_of_the_clock_does_not_end_a_session_that_its_node_still_trusts()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("cut off", "node-1", None);
        await table.RenewAsync("lively", "node-2", None);
        await RenewForAsync(database, table, TimeSpan.FromSeconds(20), "cut off", "lively");
        await RenewForAsync(database, table, TimeSpan.FromSeconds(8), "lively");

        await PassAsync(database, TimeSpan.FromSeconds(3));

        (await table.FindLostAsync(["cut off"], None)).Should().BeEmpty();
    }

    [Fact]
    public async Task What_a_dead_session_saw_before_an_outage_proves_nothing_after_it()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("one", "node-1", None);
        await table.RenewAsync("dead", "node-2", None);
        await RenewForAsync(database, table, TimeSpan.FromSeconds(20), "one", "dead");
        await PassAsync(database, TimeSpan.FromSeconds(15));
        await table.RenewAsync("new", "node-3", None);

        (await table.FindLostAsync(["one", "dead"], None)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_session_that_ended_is_lost_at_once_and_does_not_begin_again()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("one", "node-1", None);

        await table.EndAsync("one", None);
        await table.EndAsync("one", None);

        (await table.FindLostAsync(["one"], None)).Should().Equal("one");
        (await table.RenewAsync("one", "node-1", None)).Should().BeFalse();
    }

    [Fact]
    public async Task A_session_that_is_not_in_the_table_is_lost_and_can_never_begin()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);

        (await table.FindLostAsync(["unknown"], None)).Should().Equal("unknown");
        (await table.RenewAsync("unknown", "node-1", None)).Should().BeFalse();
    }

    [Fact]
    public async Task Setting_the_clock_of_a_machine_ends_no_session()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("one", "node-1", None);

        database.Time.Step(TimeSpan.FromHours(1));
        (await table.FindLostAsync(["one"], None)).Should().BeEmpty();
        database.Time.Step(TimeSpan.FromHours(-2));
        (await table.RenewAsync("one", "node-1", None)).Should().BeTrue();
    }

    [Fact]
    public async Task Renewals_and_searches_at_once_agree_in_the_end()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        using var other = database.Another();
        var (ours, theirs) = (new NodeSessionTable(database.Database), new NodeSessionTable(other.Database));
        string[] sessions = [.. Enumerable.Range(0, 8).Select(number => $"session-{number}")];
        foreach (var session in sessions)
        {
            await ours.RenewAsync(session, "node", None);
        }

        await ours.RenewAsync("lively", "node", None);
        await RenewForAsync(database, ours, TimeSpan.FromSeconds(12), "lively");

        var renewals = sessions.Select(session => theirs.RenewAsync(session, "node", None)).ToList();
        var lost = await ours.FindLostAsync(sessions, None);
        var renewed = await Task.WhenAll(renewals);

        for (var i = 0; i < sessions.Length; i++)
        {
            lost.Contains(sessions[i]).Should().Be(!renewed[i], "one of both came first for {0}", sessions[i]);
        }
    }

    [Fact]
    public async Task Old_rows_go_away()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("old", "node-1", None);
        await table.EndAsync("old", None);
        await PassAsync(database, TimeSpan.FromDays(31));

        await table.RenewAsync("new", "node-1", None);

        (await database.ScalarAsync<long>("SELECT count(*) FROM node_sessions")).Should().Be(1);
    }

    private static async Task RenewForAsync(TestDatabase database, NodeSessionTable table, TimeSpan time, params string[] sessions)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(2))
        {
            await PassAsync(database, TimeSpan.FromSeconds(2));
            foreach (var session in sessions)
            {
                (await table.RenewAsync(session, "node", None)).Should().BeTrue();
            }
        }
    }

    // A shared database goes by its own clock, which the test cannot move: it moves what is stored.
    private static async Task PassAsync(TestDatabase database, TimeSpan time) =>
        await database.ExecuteAsync("UPDATE node_sessions SET renewed_at = renewed_at - @By, unbroken_since = unbroken_since - @By", new { By = (long)time.TotalMilliseconds });
}

public sealed class SqliteNodeSessionTableTests() : NodeSessionTableTests(TestDialect.Sqlite)
{
    [Fact]
    public async Task Time_that_passes_counts()
    {
        using var database = await TestDatabase.CreateAsync(TestDialect.Sqlite);
        var table = new NodeSessionTable(database.Database);
        await table.RenewAsync("one", "node-1", CancellationToken.None);
        await table.RenewAsync("two", "node-2", CancellationToken.None);
        for (var seconds = 0; seconds < 12; seconds += 2)
        {
            database.Time.Advance(TimeSpan.FromSeconds(2));
            await table.RenewAsync("two", "node-2", CancellationToken.None);
        }

        (await table.FindLostAsync(["one"], CancellationToken.None)).Should().Equal("one");
    }
}

public sealed class PostgresNodeSessionTableTests() : NodeSessionTableTests(TestDialect.Postgres);
