using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Storage.Keys;

namespace Gateway.Storage.Tests.Keys;

public abstract class ApiKeySealTests(TestDialect dialect)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("id = 'k2'")]
    [InlineData("hash = {32 zeros}")]
    [InlineData("hash = {31 zeros}")]
    [InlineData("hint = 'gw-xxxx'")]
    [InlineData("name = 'other'")]
    [InlineData("owner = 'user:local/bob'")]
    [InlineData("owner = NULL")]
    [InlineData("groups = '[\"local/physics\",\"corp/chem\",\"corp/admins\"]'")]
    [InlineData("groups = '[]'")]
    [InlineData("groups = 'null'")]
    [InlineData("groups = '[null]'")]
    [InlineData("groups = 'broken'")]
    [InlineData("project = 'local/other'")]
    [InlineData("role = 'admin'")]
    [InlineData("models = '[]'")]
    [InlineData("models = '{}'")]
    [InlineData("created_at = created_at + 1")]
    [InlineData("created_by = 'x'")]
    [InlineData("expires_at = NULL")]
    [InlineData("expires_at = expires_at + 1")]
    [InlineData("expires_at = 9223372036854775807")]
    [InlineData("revoked_at = 1")]
    [InlineData("version = version + 1")]
    [InlineData("routes = '[\"embeddings\"]'")]
    [InlineData("routes = 'broken'")]
    [InlineData("previous_hash = {32 zeros}")]
    [InlineData("previous_hash = {31 zeros}")]
    [InlineData("previous_until = 9000000000000")]
    [InlineData("parent = 'k0'")]
    [InlineData("on_behalf_of = 1")]
    [InlineData("maker_groups = '[\"local/students\"]'")]
    [InlineData("maker_domains = '[\"students.x.edu\"]'")]
    [InlineData("seal = {32 zeros}")]
    [InlineData("seal = {0 zeros}")]
    public async Task A_row_that_was_changed_in_the_database_is_not_authentic(string change)
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);

        (await database.ExecuteAsync($"UPDATE api_keys SET {database.Bytes(change)}")).Should().Be(1);

        (await store.ListAsync(null, 10, None)).Should().ContainSingle().Which.IsAuthentic.Should().BeFalse();
    }

    [Fact]
    public async Task A_revocation_taken_back_in_the_database_is_not_authentic()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);
        await store.RevokeAsync("k1", TestKeys.Audit, None);

        await database.ExecuteAsync("UPDATE api_keys SET revoked_at = NULL");

        (await store.FindAsync("k1", None))!.IsAuthentic.Should().BeFalse();
    }

    [Fact]
    public async Task The_seal_of_another_row_or_cluster_does_not_fit()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);
        await store.InsertAsync(TestKeys.New("k2") with { Role = "admin" }, TestKeys.Audit, null, None);

        (await TestKeys.StoreOf(database, "another cluster secret of 32 chars").FindAsync("k1", None))!.IsAuthentic.Should().BeFalse();
        await database.ExecuteAsync("UPDATE api_keys SET role = 'admin', seal = (SELECT seal FROM api_keys WHERE id = 'k2') WHERE id = 'k1'");
        (await store.FindAsync("k1", None))!.IsAuthentic.Should().BeFalse();
    }

    [Fact]
    public async Task Revoking_a_forged_row_leaves_it_without_any_right()
    {
        using var database = await TestDatabase.CreateAsync(dialect);
        var store = TestKeys.StoreOf(database);
        await store.InsertAsync(TestKeys.New("k1"), TestKeys.Audit, null, None);
        await database.ExecuteAsync("UPDATE api_keys SET role = 'admin', revoked_at = 1");

        await store.RevokeAsync("k1", TestKeys.Audit, None);

        var stored = await store.FindAsync("k1", None);
        stored!.IsAuthentic.Should().BeTrue();
        stored.Record.RevokedAt.Should().NotBeNull();
    }

    [Fact]
    public void What_earlier_versions_can_say_is_sealed_as_they_seal_it()
    {
        var seal = new ApiKeySeal(TestKeys.Secret);
        var plain = TestKeys.New("k1", "text");
        var scoped = plain with { Routes = ["embeddings"], Parent = "k0" };
        var delegated = scoped with { OnBehalfOf = true };

        Convert.ToHexString(seal.Compute(plain)).Should().Be("0B71A3D303A168E946471E2FA7157F57F80ED8DEFAFF4771830218690F6306F2");
        Convert.ToHexString(seal.Compute(scoped)).Should().Be("EEB7E165FAC8282189E5E12DDF45CF9FF11738F1E935AF26A3AF41A9091EC910");
        Convert.ToHexString(seal.Compute(delegated)).Should().Be("3040DCF131002A6387DB09BD5504D33AB82BD6D1ACB4D46858C1A52DB1CE0F80");
    }

    [Fact]
    public void Moving_text_between_fields_or_list_items_changes_the_seal()
    {
        var seal = new ApiKeySeal(TestKeys.Secret);
        var text = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(value => value.Get).Where(value => Encoding.UTF8.GetByteCount(value) == value.Length);
        Prop.ForAll(
            text.ToArbitrary(),
            text.ToArbitrary(),
            (left, right) =>
            {
                var record = TestKeys.New("k1");
                var split = seal.Compute(record with { Groups = [left, right] });
                return !seal.Matches(record with { Groups = [left + right] }, split)
                    && !seal.Matches(record with { Groups = [left], Models = [right, .. record.Models] }, split)
                    && !seal.Matches(record with { Groups = [left, right, ""] }, split)
                    && seal.Matches(record with { Groups = [left, right] }, split);
            }).QuickCheckThrowOnFailure();
    }
}

public sealed class SqliteApiKeySealTests() : ApiKeySealTests(TestDialect.Sqlite);

public sealed class PostgresApiKeySealTests() : ApiKeySealTests(TestDialect.Postgres);
