using Gateway.Storage.Keys;

namespace Gateway.Storage.Tests.Keys;

public abstract class ApiKeyStoreTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_key_comes_back_as_it_was_stored_also_after_a_restart()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var record = TestKeys.New("k1");
        var inserted = await TestKeys.StoreOf(database).InsertAsync(record, TestKeys.Audit, null, None);

        database.Reopen();
        var store = TestKeys.StoreOf(database);

        inserted.Outcome.Should().Be(InsertionOutcome.Created);
        var expected = new StoredApiKey(record with { Version = inserted.Stored!.Record.Version }, IsAuthentic: true);
        (await store.FindAsync("k1", None)).Should().BeEquivalentTo(expected);
        (await store.FindByHashAsync(record.Hash, None)).Should().BeEquivalentTo(expected);
        (await store.FindByHashAsync(KeyHash.Of("other"), None)).Should().BeNull();
    }

    [Fact]
    public async Task Every_change_takes_the_next_version_though_the_clock_stands_still()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);

        var created = (await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None)).Stored!.Record;
        var other = (await store.InsertAsync(TestKeys.New("k2"), TestKeys.Audit, null, None)).Stored!.Record;
        var updated = await store.UpdateAsync(created with { Name = "renamed" }, TestKeys.Audit, None);
        var revoked = (await store.RevokeAsync("k2", TestKeys.Audit, None))!;

        created.Version.Should().Be(database.Time.GetUtcNow().ToUnixTimeMilliseconds());
        new[] { created.Version, other.Version, updated!.Version, revoked.Version }.Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        (await store.MaxVersionAsync(None)).Should().Be(revoked.Version);
        var changed = await store.ChangedSinceAsync(other.Version, 100, None);
        changed.Select(key => key.Record.Id).Should().Equal("k1", "k2");
        changed.Should().OnlyContain(key => key.IsAuthentic);
    }

    [Fact]
    public async Task An_update_of_an_old_version_changes_nothing()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var created = (await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None)).Stored!.Record;
        await store.UpdateAsync(created with { Name = "first" }, TestKeys.Audit, None);

        var late = await store.UpdateAsync(created with { Name = "second" }, TestKeys.Audit, None);

        late.Should().BeNull();
        (await store.FindAsync("k1", None))!.Record.Name.Should().Be("first");
    }

    [Fact]
    public async Task Of_concurrent_updates_of_one_version_exactly_one_wins()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var created = (await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None)).Stored!.Record;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => store.UpdateAsync(created with { Name = $"n{i}" }, TestKeys.Audit, None)));

        outcomes.Where(outcome => outcome is not null).Should().ContainSingle();
    }

    [Fact]
    public async Task Revoking_works_on_any_version_and_only_once()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);

        var first = await store.RevokeAsync("k1", TestKeys.Audit, None);
        database.Time.Advance(TimeSpan.FromMinutes(1));
        var second = await store.RevokeAsync("k1", TestKeys.Audit, None);

        first!.RevokedAt.Should().NotBeNull();
        second.Should().BeEquivalentTo(first);
        (await store.RevokeAsync("unknown", TestKeys.Audit, None)).Should().BeNull();
    }

    [Fact]
    public async Task Pages_cover_all_keys_in_order()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var ids = Enumerable.Range(0, 7).Select(i => $"k{i}").ToList();
        foreach (var id in ids)
        {
            await store.InsertAsync(TestKeys.New(id), TestKeys.Audit, null, None);
        }

        var seen = new List<string>();
        for (string? after = null; await store.ListAsync(after, 3, None) is { Count: > 0 } page; after = page[^1].Record.Id)
        {
            seen.AddRange(page.Select(key => key.Record.Id));
        }

        seen.Should().Equal(ids);
    }

    [Fact]
    public async Task A_second_key_with_the_same_text_is_not_created()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var text = ApiKeyText.Create();
        await store.InsertAsync(TestKeys.New("k1", text), TestKeys.Audit, null, None);

        var second = await store.InsertAsync(TestKeys.New("k2", text), TestKeys.Audit, null, None);

        second.Outcome.Should().Be(InsertionOutcome.Duplicate);
        second.Stored!.Record.Id.Should().Be("k1");
        (await store.FindAsync("k2", None)).Should().BeNull();
    }

    [Fact]
    public async Task The_database_never_holds_the_text_of_a_key()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var text = ApiKeyText.Create();
        await TestKeys.StoreOf(database).InsertAsync(TestKeys.New("k1", text) with { Hint = ApiKeyText.Hint(text) }, TestKeys.Audit, null, None);

        var bytes = await database.ReadAllAsync();

        bytes.Should().Contain("user:local/alice").And.NotContain(text).And.NotContain(text[3..43]);
    }
}

public sealed class SqliteApiKeyStoreTests() : ApiKeyStoreTests(TestDialect.Sqlite);

public sealed class PostgresApiKeyStoreTests() : ApiKeyStoreTests(TestDialect.Postgres);
