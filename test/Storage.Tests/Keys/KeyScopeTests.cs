using Gateway.Storage.Audit;
using Gateway.Storage.Keys;
using Gateway.Testing.Network;

namespace Gateway.Storage.Tests.Keys;

public abstract class KeyScopeTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Routes_rotation_parent_maker_and_acting_for_others_are_kept_and_sealed()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k0"), TestKeys.Audit, null, None);
        var record = Scoped("k1");

        var stored = (await store.InsertAsync(record, TestKeys.Audit, null, None)).Stored!;
        var read = (await store.FindAsync("k1", None))!;

        read.IsAuthentic.Should().BeTrue();
        read.Record.Should().BeEquivalentTo(stored.Record);
        read.Record.Routes.Should().Equal("embeddings");
        read.Record.OnBehalfOf.Should().BeTrue();
        read.Record.MakerGroups.Should().Equal("local/physics", "local/students");
        read.Record.MakerDomains.Should().Equal("students.x.edu");
    }

    [Theory]
    [InlineData("routes = '[]'")]
    [InlineData("routes = '[\"embeddings\",\"responses\"]'")]
    [InlineData("previous_hash = NULL, previous_until = NULL")]
    [InlineData("previous_until = previous_until + 1")]
    [InlineData("parent = NULL")]
    [InlineData("on_behalf_of = 0")]
    [InlineData("maker_groups = '[]'")]
    [InlineData("maker_groups = '[\"local/physics\"]'")]
    [InlineData("maker_domains = '[]'")]
    [InlineData("maker_groups = '[]', maker_domains = '[]'")]
    [InlineData("maker_groups = '[]', maker_domains = '[\"local/physics\",\"local/students\",\"students.x.edu\"]'")]
    [InlineData("maker_domains = 'broken'")]
    [InlineData("routes = '[]', previous_hash = NULL, previous_until = NULL, parent = NULL, on_behalf_of = 0")]
    public async Task A_restriction_that_was_taken_away_in_the_database_makes_the_key_worthless(string change)
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k0"), TestKeys.Audit, null, None);
        await store.InsertAsync(Scoped("k1"), TestKeys.Audit, null, None);

        await database.ExecuteAsync($"UPDATE api_keys SET {database.Bytes(change)} WHERE id = 'k1'");

        (await store.FindAsync("k1", None))!.IsAuthentic.Should().BeFalse();
    }

    [Fact]
    public async Task A_rotated_key_is_found_by_both_texts()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var before = (await store.InsertAsync(TestKeys.New("k1", "old"), TestKeys.Audit, null, None)).Stored!.Record;

        await store.UpdateAsync(before with { Hash = KeyHash.Of("new"), PreviousHash = before.Hash, PreviousUntil = before.ExpiresAt }, TestKeys.Audit, None);

        foreach (var text in (string[])["old", "new"])
        {
            (await store.FindByHashAsync(KeyHash.Of(text), None))!.Record.Id.Should().Be("k1");
        }
    }

    [Fact]
    public async Task Parallel_calls_never_pass_the_quota_together()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var quota = new KeyQuota("user:local/alice", 3);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(number =>
            store.InsertAsync(TestKeys.New($"k{number}"), TestKeys.Audit, null, quota, None)));

        outcomes.Count(outcome => outcome.Outcome == InsertionOutcome.Created).Should().Be(3);
        outcomes.Count(outcome => outcome.Outcome == InsertionOutcome.QuotaReached).Should().Be(9);
    }

    [Fact]
    public async Task Revoked_and_expired_keys_do_not_count()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var quota = new KeyQuota("user:local/alice", 1);
        await store.InsertAsync(TestKeys.New("revoked"), TestKeys.Audit, null, None);
        await store.RevokeAsync("revoked", TestKeys.Audit, None);
        await store.InsertAsync(TestKeys.New("expired") with { ExpiresAt = database.Time.GetUtcNow() }, TestKeys.Audit, null, None);
        await store.InsertAsync(TestKeys.New("others") with { Owner = "user:local/bob" }, TestKeys.Audit, null, None);

        (await store.InsertAsync(TestKeys.New("new"), TestKeys.Audit, null, quota, None)).Outcome.Should().Be(InsertionOutcome.Created);
        (await store.InsertAsync(TestKeys.New("more"), TestKeys.Audit, null, quota, None)).Outcome.Should().Be(InsertionOutcome.QuotaReached);
        (await store.ListOwnedAsync("user:local/alice", null, null, 10, None)).Select(key => key.Record.Id).Should().Equal("new", "revoked", "expired");
    }

    [Fact]
    public async Task Who_makes_keys_faster_than_the_quota_is_told_when_there_is_room_again()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var quota = new KeyQuota("user:local/alice", 100) { MaximumPerHour = 2 };
        var start = database.Time.GetUtcNow();
        ApiKeyRecord Own(string id) => TestKeys.New(id) with { CreatedBy = quota.Owner, CreatedAt = database.Time.GetUtcNow() };
        await store.InsertAsync(TestKeys.New("an-admins") with { CreatedAt = start }, TestKeys.Audit, null, None);
        await store.InsertAsync(Own("k1"), TestKeys.Audit, null, quota, None);
        await store.RevokeAsync("k1", TestKeys.Audit, None);
        database.Time.Advance(TimeSpan.FromMinutes(10));
        var second = await store.InsertAsync(Own("k2") with { Parent = "an-admins", CreatedBy = "key:an-admins" }, TestKeys.Audit, null, quota, None);

        var refused = await store.InsertAsync(Own("k3"), TestKeys.Audit, null, quota, None);
        database.Time.Advance(TimeSpan.FromMinutes(50));
        var third = await store.InsertAsync(Own("k3"), TestKeys.Audit, null, quota, None);

        second.Outcome.Should().Be(InsertionOutcome.Created);
        refused.Outcome.Should().Be(InsertionOutcome.TooFast);
        refused.RetryAfter.Should().Be(TimeSpan.FromMinutes(50));
        third.Outcome.Should().Be(InsertionOutcome.Created);
        (await store.InsertAsync(Own("k4"), TestKeys.Audit, null, quota, None)).RetryAfter.Should().Be(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task Whose_keys_get_new_texts_faster_than_the_quota_is_told_when_there_is_room_again()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var quota = new KeyQuota("user:local/alice", 100) { MaximumPerHour = 2 };
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, null, None);
        await store.InsertAsync(TestKeys.New("k2"), TestKeys.Audit, null, null, None);
        await store.InsertAsync(TestKeys.New("others") with { Owner = "user:local/bob" }, TestKeys.Audit, null, null, None);
        (await RotateAsync("others", quota with { Owner = "user:local/bob" })).Record.Should().NotBeNull();
        (await RotateAsync("k1", quota)).Record.Should().NotBeNull();
        database.Time.Advance(TimeSpan.FromMinutes(10));
        (await RotateAsync("k2", quota)).Record.Should().NotBeNull();

        var refused = await RotateAsync("k1", quota);
        database.Time.Advance(TimeSpan.FromMinutes(50));
        var third = await RotateAsync("k1", quota);

        refused.Should().Be(new KeyReplacement(null, TimeSpan.FromMinutes(50)));
        third.Record.Should().NotBeNull();
        (await RotateAsync("k1", quota)).RetryAfter.Should().Be(TimeSpan.FromMinutes(10));
        (await store.RotateAsync(third.Record! with { Version = 1 }, TestKeys.Audit, quota with { MaximumPerHour = 9 }, None)).Should().Be(default(KeyReplacement), "it was changed since");

        async Task<KeyReplacement> RotateAsync(string id, KeyQuota within) =>
            await store.RotateAsync((await store.FindAsync(id, None))!.Record, new AuditEntry("anybody", "key.rotate", "key:" + id), within, None);
    }

    [Fact]
    public async Task Usable_keys_are_listed_before_dead_ones_over_all_pages()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        foreach (var id in (string[])["k1", "k2", "k3", "k4", "k5"])
        {
            await store.InsertAsync(TestKeys.New(id) with { ExpiresAt = id == "k4" ? database.Time.GetUtcNow() : null }, TestKeys.Audit, null, None);
        }

        await store.RevokeAsync("k5", TestKeys.Audit, None);
        await store.RevokeAsync("k2", TestKeys.Audit, None);

        var listed = new List<string>();
        OwnedKeyPosition? after = null;
        while (listed.Count < 10)
        {
            var page = await store.ListOwnedAsync("user:local/alice", null, after, 2, None);
            listed.AddRange(page.Select(key => key.Record.Id));
            if (page.Count < 2)
            {
                break;
            }

            after = new OwnedKeyPosition(page[^1].Record.RevokedAt is not null || page[^1].Record.ExpiresAt is not null, listed[^1]);
        }

        listed.Should().Equal("k3", "k1", "k5", "k4", "k2");
        await store.InsertAsync(TestKeys.New("k0") with { Parent = "k1" }, TestKeys.Audit, null, None);
        (await store.ListOwnedAsync("user:local/alice", "k1", null, 1, None)).Should().ContainSingle("pages are of what may be seen").Which.Record.Id.Should().Be("k1");
        (await store.ListOwnedAsync("user:local/alice", "k1", new OwnedKeyPosition(false, "k1"), 9, None)).Should().ContainSingle().Which.Record.Id.Should().Be("k0");
    }

    [Fact]
    public async Task Keys_that_die_between_two_pages_hide_no_others()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        foreach (var id in (string[])["k1", "k2", "k3", "k4"])
        {
            await store.InsertAsync(TestKeys.New(id), TestKeys.Audit, null, None);
        }

        await store.RevokeAsync("k4", TestKeys.Audit, None);
        await store.RevokeAsync("k3", TestKeys.Audit, None);

        (await store.ListOwnedAsync("user:local/alice", null, new OwnedKeyPosition(false, "k3"), 10, None)).Select(key => key.Record.Id).Should().Equal("k2", "k1", "k4", "k3");
        (await store.ListOwnedAsync("user:local/alice", null, new OwnedKeyPosition(true, "k4"), 10, None)).Select(key => key.Record.Id).Should().Equal("k3");
    }

    [Fact]
    public async Task The_last_use_of_a_key_is_read_with_it_and_an_older_one_never_replaces_it()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        var log = new KeyUseLog(database.Database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);
        await store.InsertAsync(TestKeys.New("k2"), TestKeys.Audit, null, None);
        var late = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_500_000);

        await log.RecordAsync([new KeyUse("k1", late), new KeyUse("k-unknown", late)], None);
        await log.RecordAsync([new KeyUse("k1", late.AddSeconds(-1))], None);

        (await store.FindAsync("k1", None))!.LastUsedAt.Should().Be(late);
        (await store.FindAsync("k2", None))!.LastUsedAt.Should().BeNull();
        (await store.FindAsync("k1", None))!.IsAuthentic.Should().BeTrue("it is no part of the key");
    }

    [Fact]
    public async Task A_key_that_is_in_a_batch_twice_was_last_used_at_the_later_time()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);
        var late = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_500_000);

        await new KeyUseLog(database.Database).RecordAsync([new KeyUse("k1", late.AddSeconds(-1)), new KeyUse("k1", late), new KeyUse("k1", late.AddSeconds(-2))], None);
        await new KeyUseLog(database.Database).RecordAsync([], None);

        (await store.FindAsync("k1", None))!.LastUsedAt.Should().Be(late);
    }

    private static ApiKeyRecord Scoped(string id) => TestKeys.New(id) with
    {
        Routes = ["embeddings"],
        OnBehalfOf = true,
        PreviousHash = KeyHash.Of("before"),
        PreviousUntil = DateTimeOffset.FromUnixTimeMilliseconds(1_920_000_000_000),
        Parent = "k0",
        MakerGroups = ["local/physics", "local/students"],
        MakerDomains = ["students.x.edu"],
    };
}

public sealed class SqliteKeyScopeTests() : KeyScopeTests(TestDialect.Sqlite);

public sealed class PostgresKeyScopeTests() : KeyScopeTests(TestDialect.Postgres)
{
    [Fact]
    public async Task Five_hundred_uses_reach_a_database_that_is_not_close_by_within_the_bound_of_a_call()
    {
        using var database = (PostgresTestDatabase)await TestDatabase.CreateAsync(TestDialect.Postgres);
        await using var link = TcpLink.To(database.Server.Port, delay: TimeSpan.FromMilliseconds(10));
        using var far = database.Behind(link.Port, callTimeout: TimeSpan.FromSeconds(3));
        var late = DateTimeOffset.FromUnixTimeMilliseconds(1_900_000_500_000);

        await new KeyUseLog(far.Database).RecordAsync([.. Enumerable.Range(0, 500).Select(number => new KeyUse($"k{number}", late))], TestContext.Current.CancellationToken);

        (await database.ScalarAsync<long>("SELECT count(*) FROM key_uses")).Should().Be(500);
    }
}
