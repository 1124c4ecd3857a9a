using Gateway.Api.Authentication.Keys;
using Gateway.Api.Management.Keys;
using Gateway.Storage.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Authentication.Keys;

public sealed class ApiKeySnapshotTests
{
    /// <summary>Five times the promised second.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_key_made_on_another_node_works_here_at_its_first_request()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var key = await other.CreateKeyAsync();

        (await host.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task A_revocation_on_another_node_holds_here_when_its_version_is_applied()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var key = await other.CreateKeyAsync();
        (await host.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
        await other.RevokeAsync(key.Record!.Id);
        var version = other.Manifest.Announced.Last();

        host.Follower.OnKeysVersion(version);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Follower.AppliedVersion >= version), Bound);

        (await host.AuthenticateAsync(key.Text!)).Error!.Message.Should().Contain("revoked");
    }

    [Fact]
    public async Task A_revocation_whose_notice_was_lost_holds_here_all_the_same()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var key = await other.CreateKeyAsync();
        await host.AuthenticateAsync(key.Text!);

        await other.RevokeAsync(key.Record!.Id);

        await Eventually.HoldsAsync(async () => (await host.AuthenticateAsync(key.Text!)).Error?.Status == 401, Bound);
    }

    [Fact]
    public async Task A_change_that_was_made_here_keeps_its_caller_when_a_refresh_comes_by_it()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        var snapshot = host.Services.GetRequiredService<ApiKeySnapshot>();
        var caller = (await host.AuthenticateAsync(key.Text!)).Caller;

        snapshot.Apply(new StoredApiKey(key.Record!, IsAuthentic: true));

        (await host.AuthenticateAsync(key.Text!)).Caller.Should().BeSameAs(caller);
    }

    [Fact]
    public async Task Narrowed_rights_replace_the_cached_ones()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var key = await other.CreateKeyAsync(new ApiKeyDraft { Name = "wide", Role = "admin" });
        (await host.AuthenticateAsync(key.Text!)).Caller!.Role.Should().NotBeNull();

        await other.Store.UpdateAsync(key.Record! with { Role = null }, new("key:test", "key.update", "key:test"), TestContext.Current.CancellationToken);

        await Eventually.HoldsAsync(async () => (await host.AuthenticateAsync(key.Text!)).Caller?.Role is null, Bound);
    }

    [Theory]
    [InlineData("role = 'admin'")]
    [InlineData("models = '[]'")]
    [InlineData("groups = '[\"local/admins\"]'")]
    [InlineData("owner = 'user:local/root'")]
    [InlineData("expires_at = NULL")]
    [InlineData("seal = zeroblob(32)")]
    public async Task A_row_that_was_changed_in_the_database_never_authenticates(string change)
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync(new ApiKeyDraft { Name = "k", Models = ["m"], ExpiresAt = host.Time.GetUtcNow().AddDays(1) });
        await host.ExecuteAsync($"UPDATE api_keys SET {change}, version = version + 1");

        await using var restarted = await IdentityHost.StartAsync(beside: host);

        (await restarted.AuthenticateAsync(key.Text!)).Error!.Status.Should().Be(401);
        restarted.Logs.Lines.Should().ContainSingle(line => line.Contains(key.Record!.Id) && line.Contains("seal does not match"));
        await Eventually.HoldsAsync(async () => (await host.AuthenticateAsync(key.Text!)).Error?.Status == 401, Bound);
    }

    [Fact]
    public async Task A_key_written_into_the_database_by_hand_never_authenticates()
    {
        await using var host = await IdentityHost.StartAsync();
        var text = ApiKeyText.Create();
        await host.ExecuteAsync(
            """
            INSERT INTO api_keys (id, hash, hint, name, groups, role, models, created_at, created_by, version, seal)
            VALUES ('evil', @Hash, 'gw-', 'evil', '[]', 'admin', '[]', 1, 'x', 1, zeroblob(32))
            """,
            new { Hash = KeyHash.Of(text).ToArray() });

        (await host.AuthenticateAsync(text)).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task A_forged_version_cannot_hide_later_revocations()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var key = await other.CreateKeyAsync();
        await host.AuthenticateAsync(key.Text!);
        await host.ExecuteAsync(
            """
            INSERT INTO api_keys (id, hash, hint, name, groups, models, created_at, created_by, version, seal)
            VALUES ('evil', zeroblob(32), 'gw-', 'evil', '[]', '[]', 1, 'x', 9223372036854775807, zeroblob(32))
            """);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Logs.Lines.Any(line => line.Contains("evil"))), Bound);

        await other.RevokeAsync(key.Record!.Id);

        await Eventually.HoldsAsync(async () => (await host.AuthenticateAsync(key.Text!)).Error?.Status == 401, Bound);
        host.Follower.AppliedVersion.Should().BeLessThan(long.MaxValue);
    }

    [Fact]
    public async Task Another_cluster_secret_makes_every_stored_key_worthless()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();

        await using var other = await IdentityHost.StartAsync(beside: host, clusterSecret: "another-cluster-secret-of-more-than-32-characters");

        (await other.AuthenticateAsync(key.Text!)).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task More_keys_than_one_page_are_all_loaded()
    {
        await using var host = await IdentityHost.StartAsync();
        var seal = new ApiKeySeal(IdentityHost.ClusterSecret);
        await host.ExecuteAsync(
            """
            INSERT INTO api_keys (id, hash, hint, name, groups, models, created_at, created_by, version, seal)
            VALUES (@Id, @Hash, @Hint, @Name, '[]', '[]', 1, 'x', @Version, @Seal)
            """,
            Enumerable.Range(1, 2500).Select(i => Row(seal, i)).ToList());

        await using var restarted = await IdentityHost.StartAsync(beside: host);

        restarted.Begin("gw-key-1").IsCompletedSuccessfully.Should().BeTrue();
        (await restarted.AuthenticateAsync("gw-key-1")).Caller.Should().NotBeNull();
        (await restarted.AuthenticateAsync("gw-key-2500")).Caller.Should().NotBeNull();
        restarted.Follower.AppliedVersion.Should().Be(2500);
    }

    private static object Row(ApiKeySeal seal, int number)
    {
        var record = new ApiKeyRecord
        {
            Id = $"k{number}",
            Hash = KeyHash.Of($"gw-key-{number}"),
            Hint = "gw-",
            Name = "n",
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1),
            CreatedBy = "x",
            Version = number,
        };
        return new { record.Id, Hash = record.Hash.ToArray(), record.Hint, record.Name, record.Version, Seal = seal.Compute(record) };
    }
}
