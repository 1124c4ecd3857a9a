using System.Globalization;
using Gateway.Storage.Grains;
using Orleans.Storage;

namespace Gateway.Storage.Tests.Grains;

public abstract class SqlGrainStorageTests(TestDialect dialect)
{
    private static readonly GrainId Id = GrainId.Create("counter", "k/1 ü");

    [Fact]
    public async Task What_was_never_written_reads_as_an_empty_new_state()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var read = new CounterState { State = new Counter { Value = 5 }, RecordExists = true, ETag = "9" };

        await new SqlGrainStorage(database.Database).ReadStateAsync("state", Id, read);

        read.Should().BeEquivalentTo(new CounterState { State = new Counter(), RecordExists = false, ETag = null });
    }

    [Fact]
    public async Task State_survives_a_restart()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var written = new CounterState { State = new Counter { Value = 42, Name = "ü\u0000\"" } };
        await new SqlGrainStorage(database.Database).WriteStateAsync("state", Id, written);

        database.Reopen();
        var read = new CounterState();
        await new SqlGrainStorage(database.Database).ReadStateAsync("state", Id, read);

        read.Should().BeEquivalentTo(written);
        read.RecordExists.Should().BeTrue();
    }

    [Fact]
    public async Task Names_and_grains_do_not_share_state()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var storage = new SqlGrainStorage(database.Database);
        await storage.WriteStateAsync("state", Id, new CounterState { State = new Counter { Value = 1 } });
        var otherName = new CounterState();
        var otherGrain = new CounterState();

        await storage.ReadStateAsync("state2", Id, otherName);
        await storage.ReadStateAsync("state", GrainId.Create("counter", "k"), otherGrain);

        otherName.RecordExists.Should().BeFalse();
        otherGrain.RecordExists.Should().BeFalse();
    }

    [Fact]
    public async Task Of_two_activations_the_later_writer_conflicts_and_keeps_its_etag()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var storage = new SqlGrainStorage(database.Database);
        var first = new CounterState();
        var second = new CounterState();
        await storage.WriteStateAsync("state", Id, first);
        await storage.ReadStateAsync("state", Id, second);
        var stale = second.ETag;
        first.State = new Counter { Value = 1 };
        await storage.WriteStateAsync("state", Id, first);

        var write = () => storage.WriteStateAsync("state", Id, second);

        var conflict = (await write.Should().ThrowAsync<InconsistentStateException>()).Which;
        conflict.StoredEtag.Should().Be(first.ETag);
        conflict.CurrentEtag.Should().Be(stale);
        second.ETag.Should().Be(stale);
    }

    [Fact]
    public async Task Of_many_concurrent_first_writes_exactly_one_wins()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var storage = new SqlGrainStorage(database.Database);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async value =>
        {
            try
            {
                await storage.WriteStateAsync("state", Id, new CounterState { State = new Counter { Value = value } });
                return value;
            }
            catch (InconsistentStateException)
            {
                return -1;
            }
        }));

        var read = new CounterState();
        await storage.ReadStateAsync("state", Id, read);
        outcomes.Where(outcome => outcome >= 0).Should().Equal(read.State.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Increments_by_rival_activations_are_never_lost(bool severalProcesses)
    {
        using var database = await TestDatabase.CreateAsync(dialect);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var other = database.Another();
            var storage = new SqlGrainStorage(severalProcesses ? other.Database : database.Database);
            for (var done = 0; done < 10;)
            {
                done += await TryIncrementAsync(storage) ? 1 : 0;
            }
        }));

        var read = new CounterState();
        await new SqlGrainStorage(database.Database).ReadStateAsync("state", Id, read);
        read.State.Value.Should().Be(40);
    }

    [Fact]
    public async Task The_version_rises_with_a_clock_that_stands_still()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var storage = new SqlGrainStorage(database.Database);
        var state = new CounterState();
        var versions = new List<long>();

        for (var i = 0; i < 5; i++)
        {
            await storage.WriteStateAsync("state", Id, state);
            versions.Add(long.Parse(state.ETag!, CultureInfo.InvariantCulture));
        }

        versions.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        versions[0].Should().Be(database.Time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_write_from_before_a_clear_never_succeeds_after_it()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var storage = new SqlGrainStorage(database.Database);
        var owner = new CounterState { State = new Counter { Value = 1 } };
        await storage.WriteStateAsync("state", Id, owner);
        var old = new CounterState();
        await storage.ReadStateAsync("state", Id, old);

        await storage.ClearStateAsync("state", Id, owner);
        owner.RecordExists.Should().BeFalse();
        owner.State.Should().BeEquivalentTo(new Counter());
        await storage.WriteStateAsync("state", Id, owner);

        var write = () => storage.WriteStateAsync("state", Id, old);
        await write.Should().ThrowAsync<InconsistentStateException>();
    }

    [Fact]
    public async Task State_that_cannot_be_read_fails_without_showing_its_content()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var storage = new SqlGrainStorage(database.Database);
        await storage.WriteStateAsync("state", Id, new CounterState());
        await database.ExecuteAsync("UPDATE grain_state SET data = '{\"value\":\"canary\"}'");

        var read = () => storage.ReadStateAsync("state", Id, new CounterState());

        var failure = (await read.Should().ThrowAsync<InvalidOperationException>()).Which;
        failure.ToString().Should().Contain("counter/k/1").And.NotContain("canary");
    }

    // The rule for a loser: read again.
    private static async Task<bool> TryIncrementAsync(SqlGrainStorage storage)
    {
        var state = new CounterState();
        await storage.ReadStateAsync("state", Id, state);
        state.State = new Counter { Value = state.State.Value + 1 };
        try
        {
            await storage.WriteStateAsync("state", Id, state);
            return true;
        }
        catch (InconsistentStateException)
        {
            return false;
        }
    }
}

public sealed class SqliteGrainStorageTests() : SqlGrainStorageTests(TestDialect.Sqlite);

public sealed class PostgresGrainStorageTests() : SqlGrainStorageTests(TestDialect.Postgres);
