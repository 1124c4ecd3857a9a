using Gateway.Storage.Audit;
using Gateway.Storage.Tests.Keys;

namespace Gateway.Storage.Tests.Audit;

public abstract class AuditLogTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Entries_come_back_newest_first_page_by_page()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var log = new SqlAuditLog(database.Database);
        for (var i = 0; i < 5; i++)
        {
            await log.WriteAsync(new AuditEntry("user:local/root", "endpoint.override", $"endpoint:{i}") { Before = "{}", After = """{"mode":"drain"}""" }, None);
            database.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await log.ListAsync(null, 3, None);
        var second = await log.ListAsync(first[^1].Id, 3, None);

        first.Concat(second).Select(record => record.Entry.Target).Should().Equal("endpoint:4", "endpoint:3", "endpoint:2", "endpoint:1", "endpoint:0");
        first[0].Entry.Should().Be(new AuditEntry("user:local/root", "endpoint.override", "endpoint:4") { Before = "{}", After = """{"mode":"drain"}""" });
        first[0].At.Should().Be(database.Time.GetUtcNow().AddSeconds(-1));
    }

    [Fact]
    public async Task Each_change_of_a_key_writes_one_entry_and_a_refused_one_writes_none()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var log = new SqlAuditLog(database.Database);
        var store = TestKeys.StoreOf(database);

        var created = (await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None)).Stored!.Record;
        await store.UpdateAsync(created with { Name = "n" }, TestKeys.Audit with { Action = "key.update" }, None);
        await store.UpdateAsync(created with { Name = "late" }, TestKeys.Audit with { Action = "late" }, None);
        await store.RevokeAsync("k1", TestKeys.Audit with { Action = "key.revoke" }, None);
        await store.RevokeAsync("k1", TestKeys.Audit with { Action = "again" }, None);

        (await log.ListAsync(null, 10, None)).Select(record => record.Entry.Action).Should().Equal("key.revoke", "key.update", "key.test");
    }
}

public sealed class SqliteAuditLogTests() : AuditLogTests(TestDialect.Sqlite);

public sealed class PostgresAuditLogTests() : AuditLogTests(TestDialect.Postgres);
