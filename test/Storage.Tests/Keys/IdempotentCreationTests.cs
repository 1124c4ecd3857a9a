using Gateway.Storage.Keys;

namespace Gateway.Storage.Tests.Keys;

public abstract class IdempotentCreationTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly IdempotentRequest Request = new("user:local/root", "abc", KeyHash.Of("body"));

    [Fact]
    public async Task A_repeat_finds_the_key_that_the_first_call_made()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, Request, None);

        var repeat = await store.InsertAsync(TestKeys.New("k2"), TestKeys.Audit, Request, None);

        repeat.Outcome.Should().Be(InsertionOutcome.Repeated);
        repeat.Stored!.Record.Id.Should().Be("k1");
        (await store.ListAsync(null, 10, None)).Should().ContainSingle();
    }

    [Fact]
    public async Task Concurrent_repeats_make_one_key()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => store.InsertAsync(TestKeys.New($"k{i}"), TestKeys.Audit, Request, None)));

        outcomes.Count(outcome => outcome.Outcome == InsertionOutcome.Created).Should().Be(1);
        outcomes.Select(outcome => outcome.Stored!.Record.Id).Distinct().Should().ContainSingle();
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_told_apart()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, Request, None);

        var other = await store.InsertAsync(TestKeys.New("k2"), TestKeys.Audit, Request with { RequestHash = KeyHash.Of("other") }, None);

        other.Should().Be(new ApiKeyInsertion(InsertionOutcome.KeyReused, null));
    }

    [Fact]
    public async Task Senders_do_not_share_keys_and_a_day_later_the_key_is_free()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, Request, None);

        var otherSender = await store.InsertAsync(TestKeys.New("k2"), TestKeys.Audit, Request with { Scope = "user:local/eve" }, None);
        database.Time.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMilliseconds(1));
        var later = await store.InsertAsync(TestKeys.New("k3"), TestKeys.Audit, Request, None);

        otherSender.Outcome.Should().Be(InsertionOutcome.Created);
        later.Outcome.Should().Be(InsertionOutcome.Created);
    }
}

public sealed class SqliteIdempotentCreationTests() : IdempotentCreationTests(TestDialect.Sqlite);

public sealed class PostgresIdempotentCreationTests() : IdempotentCreationTests(TestDialect.Postgres);
