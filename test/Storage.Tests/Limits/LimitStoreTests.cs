using Gateway.Storage.Audit;
using Gateway.Storage.Limits;

namespace Gateway.Storage.Tests.Limits;

public abstract class LimitStoreTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly AuditEntry Audit = new("user:local/root", "limits.set", "user:local/alice");

    [Fact]
    public async Task Limits_come_back_as_they_were_stored_also_after_a_restart()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var record = Alice with { EffectiveFrom = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_001), EffectiveTo = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_000_002) };

        var written = await StoreOf(database).PutAsync(record, null, Audit, None);
        database.Reopen();

        var expected = record with { Version = database.Time.GetUtcNow().ToUnixTimeMilliseconds(), ChangedAt = database.Time.GetUtcNow() };
        written.Should().Be(expected);
        (await StoreOf(database).FindAsync(record.Subject, None)).Should().Be(expected);
        (await StoreOf(database).FindAsync("user:local/bob", None)).Should().BeNull();
    }

    [Fact]
    public async Task Every_change_takes_the_next_version_though_the_clock_stands_still()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = StoreOf(database);

        var first = await store.PutAsync(Alice, null, Audit, None);
        var second = await store.PutAsync(Alice with { Subject = "key:k1" }, null, Audit, None);
        var third = await store.PutAsync(Alice with { Body = "{}" }, first!.Version, Audit, None);
        var gone = await store.DeleteAsync("key:k1", null, Audit, None);

        new[] { first.Version, second!.Version, third!.Version, gone.Version }.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        (await store.ChangedSinceAsync(second.Version, 10, None)).Select(row => (row.Subject, row.Body)).Should().Equal((Alice.Subject, "{}"), ("key:k1", null));
    }

    [Fact]
    public async Task A_version_that_is_taken_lies_between_the_changes_before_and_after_it()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = StoreOf(database);

        var before = (await store.PutAsync(Alice, null, Audit, None))!.Version;
        long[] taken = [await store.TakeVersionAsync(None), await store.TakeVersionAsync(None)];
        var after = (await store.PutAsync(Alice, before, Audit, None))!.Version;

        new[] { before, taken[0], taken[1], after }.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_change_of_another_version_than_expected_is_refused()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = StoreOf(database);
        var first = (await store.PutAsync(Alice, 0, Audit, None))!;
        await store.PutAsync(Alice with { Body = """{"concurrency":2}""" }, first.Version, Audit, None);

        (await store.PutAsync(Alice, first.Version, Audit, None)).Should().BeNull();
        (await store.PutAsync(Alice, 0, Audit, None)).Should().BeNull("there are limits already");
        (await store.PutAsync(Alice with { Body = """{"concurrency":2}""" }, ILimitStore.SomeVersion, Audit, None)).Should().NotBeNull();
        (await store.PutAsync(Alice with { Subject = "user:local/bob" }, ILimitStore.SomeVersion, Audit, None)).Should().BeNull("bob has none");
        (await store.DeleteAsync(Alice.Subject, first.Version, Audit, None)).Outcome.Should().Be(LimitDeletionOutcome.Changed);
        (await store.FindAsync(Alice.Subject, None))!.Body.Should().Be("""{"concurrency":2}""");
    }

    [Fact]
    public async Task What_was_deleted_can_be_set_again_with_a_greater_version()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = StoreOf(database);
        await store.PutAsync(Alice, null, Audit, None);

        var gone = await store.DeleteAsync(Alice.Subject, null, Audit, None);
        var again = await store.DeleteAsync(Alice.Subject, null, Audit, None);
        var back = await store.PutAsync(Alice, 0, Audit, None);

        gone.Outcome.Should().Be(LimitDeletionOutcome.Deleted);
        again.Outcome.Should().Be(LimitDeletionOutcome.NotFound);
        back!.Version.Should().BeGreaterThan(gone.Version);
    }

    [Fact]
    public async Task The_audit_log_has_the_body_before_and_after()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = StoreOf(database);

        await store.PutAsync(Alice, null, Audit, None);
        await store.PutAsync(Alice with { Body = "{}" }, null, Audit, None);
        await store.DeleteAsync(Alice.Subject, null, Audit with { Action = "limits.delete" }, None);

        var entries = (await new SqlAuditLog(database.Database).ListAsync(null, 10, None)).Select(record => (record.Entry.Action, record.Entry.Before, record.Entry.After));
        entries.Should().Equal(("limits.delete", "{}", null), ("limits.set", Alice.Body, "{}"), ("limits.set", null, Alice.Body));
    }

    [Fact]
    public async Task Limits_under_another_default_issuer_are_found_until_they_are_deleted()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = StoreOf(database);
        await store.PutAsync(Alice, null, Audit, None);

        (await store.FindOtherIssuerAsync("local", None)).Should().BeNull();
        (await store.FindOtherIssuerAsync("corp", None)).Should().Be("local");
        await store.DeleteAsync(Alice.Subject, null, Audit, None);
        (await store.FindOtherIssuerAsync("corp", None)).Should().BeNull();
    }

    [Fact]
    public async Task Of_concurrent_changes_of_one_version_exactly_one_wins_and_versions_are_in_order()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = StoreOf(database);
        var first = (await store.PutAsync(Alice, null, Audit, None))!;

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => store.PutAsync(Alice with { Body = $$"""{"concurrency":{{i}}}""" }, first.Version, Audit, None)));

        var winner = outcomes.Where(outcome => outcome is not null).Should().ContainSingle().Subject!;
        (await store.FindAsync(Alice.Subject, None))!.Body.Should().Be(winner.Body);
    }

    private static LimitRecord Alice { get; } = new() { Subject = "user:local/alice", Body = """{"requests_per_minute":5}""", Issuer = "local", ChangedBy = "user:local/root" };

    private static SqlLimitStore StoreOf(TestDatabase database) => new(database.Database);
}

public sealed class SqliteLimitStoreTests() : LimitStoreTests(TestDialect.Sqlite);

public sealed class PostgresLimitStoreTests() : LimitStoreTests(TestDialect.Postgres);
