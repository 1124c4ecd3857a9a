using Gateway.Storage.Keys;
using Gateway.Testing.Network;

namespace Gateway.Storage.Tests.Keys;

/// <summary>Keys that were made with one another.</summary>
public abstract class KeyFamilyTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Revoking_a_key_and_its_descendants_leaves_all_others()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await MakeAsync(database, ("root", null), ("child", "root"), ("grandchild", "child"), ("other", null), ("others-child", "other"));

        var root = await store.RevokeAsync("root", TestKeys.Audit, None);
        var revoked = await store.RevokeDescendantsAsync("root", TestKeys.Audit, None);

        revoked.Select(record => record.Id).Should().Equal("child", "grandchild");
        revoked.Prepend(root!).Select(record => record.Version).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        var all = await store.ListAsync(null, 10, None);
        all.Should().OnlyContain(key => key.IsAuthentic);
        all.Where(key => key.Record.RevokedAt is null).Select(key => key.Record.Id).Should().BeEquivalentTo("other", "others-child");
        all.Single(key => key.Record.Id == "grandchild").Record.Should().BeEquivalentTo(revoked[1]);
        (await store.ChangedSinceAsync(root!.Version, 10, None)).Select(key => key.Record.Id).Should().Equal("child", "grandchild");
        (await database.ScalarAsync<string>("SELECT min(target) || ' ' || max(target) || ' ' || count(*) FROM audit WHERE target <> 'key:test'")).Should().Be("key:child key:grandchild 2");
        (await database.ScalarAsync<long>("SELECT value FROM versions WHERE name = 'keys'")).Should().Be(revoked[1].Version);
    }

    [Fact]
    public async Task Descendants_that_an_earlier_attempt_left_are_revoked_by_the_next_one_and_only_once()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await MakeAsync(database, [("root", null), ("child", "root"), ("grandchild", "child"), .. Enumerable.Range(0, 250).Select(number => ($"k{number}", (string?)"grandchild"))]);
        await store.RevokeAsync("root", TestKeys.Audit, None);
        await store.RevokeAsync("child", TestKeys.Audit, None);

        (await store.RevokeDescendantsAsync("root", TestKeys.Audit, None)).Should().HaveCount(251);
        (await store.RevokeDescendantsAsync("root", TestKeys.Audit, None)).Should().BeEmpty();

        (await database.ScalarAsync<long>("SELECT count(*) FROM audit WHERE target LIKE 'key:k%'")).Should().Be(250);
        (await store.ListAsync(null, 300, None)).Should().OnlyContain(key => key.IsAuthentic && key.Record.RevokedAt != null);
    }

    [Fact]
    public async Task Descendants_that_have_expired_are_left_as_they_are_and_those_below_them_are_not()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await MakeAsync(database, ("root", null), ("child", "root"), ("grandchild", "child"));
        var child = (await store.FindAsync("child", None))!.Record;
        await store.UpdateAsync(child with { ExpiresAt = database.Time.GetUtcNow() }, TestKeys.Audit, None);

        await store.RevokeAsync("root", TestKeys.Audit, None);
        var revoked = await store.RevokeDescendantsAsync("root", TestKeys.Audit, None);

        revoked.Should().ContainSingle().Which.Id.Should().Be("grandchild");
        (await store.FindAsync("child", None))!.Record.RevokedAt.Should().BeNull();
    }

    [Fact]
    public async Task Nothing_is_made_with_a_key_that_was_revoked_meanwhile_or_never_was_or_is_below_such_a_one()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await MakeAsync(database, ("root", null), ("child", "root"), ("grandchild", "child"));
        await store.RevokeAsync("root", TestKeys.Audit, None);

        foreach (var parent in (string[])["root", "child", "grandchild", "unknown"])
        {
            (await store.InsertAsync(TestKeys.New("new") with { Parent = parent }, TestKeys.Audit, null, None)).Outcome.Should().Be(InsertionOutcome.ParentRevoked);
        }

        (await store.FindAsync("new", None)).Should().BeNull();
    }

    internal static async Task MakeAsync(TestDatabase database, params (string Id, string? Parent)[] keys)
    {
        foreach (var (id, parent) in keys)
        {
            (await TestKeys.StoreOf(database).InsertAsync(TestKeys.New(id) with { Parent = parent }, TestKeys.Audit, null, None)).Outcome.Should().Be(InsertionOutcome.Created);
        }
    }
}

public sealed class SqliteKeyFamilyTests() : KeyFamilyTests(TestDialect.Sqlite);

public sealed class PostgresKeyFamilyTests() : KeyFamilyTests(TestDialect.Postgres)
{
    [Fact]
    public async Task A_key_with_very_many_children_is_revoked_with_them_in_a_database_that_is_not_close_by()
    {
        using var database = (PostgresTestDatabase)await TestDatabase.CreateAsync(TestDialect.Postgres);
        await using var link = TcpLink.To(database.Server.Port, delay: TimeSpan.FromMilliseconds(5));
        using var far = database.Behind(link.Port, callTimeout: TimeSpan.FromSeconds(1));
        await MakeAsync(database, [("root", null), .. Enumerable.Range(0, 200).Select(number => ($"child-{number}", (string?)"root"))]);
        var store = TestKeys.StoreOf(far);

        (await store.RevokeAsync("root", TestKeys.Audit, TestContext.Current.CancellationToken))!.RevokedAt.Should().NotBeNull();

        (await store.RevokeDescendantsAsync("root", TestKeys.Audit, TestContext.Current.CancellationToken)).Should().HaveCount(200);
    }
}
