using Gateway.Api.Authentication.Keys;
using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Management.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Authentication.Keys;

public sealed class DeadKeyTests
{
    [Fact]
    public async Task Dead_keys_leave_memory_after_a_while_and_are_refused_all_the_same()
    {
        await using var host = await IdentityHost.StartAsync();
        var alive = await host.CreateKeyAsync();
        var revoked = await host.CreateKeyAsync();
        var expired = await host.CreateKeyAsync(new ApiKeyDraft { Name = "short", ExpiresAt = host.Time.GetUtcNow().AddSeconds(1) });
        await host.RevokeAsync(revoked.Record!.Id);
        host.Time.Advance(TimeSpan.FromMinutes(9));
        await RefreshAsync(host);
        host.Begin(revoked.Text!).IsCompletedSuccessfully.Should().BeTrue("it says why without a look-up for a while");

        host.Time.Advance(TimeSpan.FromMinutes(2));
        await RefreshAsync(host);

        Snapshot(host).Usages.Select(usage => usage.KeyId).Should().Equal(alive.Record!.Id);
        (await host.AuthenticateAsync(revoked.Text!)).Error!.Message.Should().Contain("revoked");
        (await host.AuthenticateAsync(expired.Text!)).Error!.Message.Should().Contain("expired");
        (await host.AuthenticateAsync(alive.Text!)).Caller.Should().NotBeNull();
        host.Store.Lookups.Should().Be(2);
        (await host.AuthenticateAsync(revoked.Text!)).Error!.Message.Should().Contain("revoked");
        host.Store.Lookups.Should().Be(2, "it is remembered for a second");
        host.Time.Advance(TimeSpan.FromSeconds(1));
        host.Store.IsDown = true;
        (await host.AuthenticateAsync(revoked.Text!)).Error!.Status.Should().Be(503);
    }

    [Fact]
    public async Task An_expired_key_that_left_memory_works_again_when_an_admin_gives_it_more_time()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync(new ApiKeyDraft { Name = "short", ExpiresAt = host.Time.GetUtcNow().AddSeconds(1) });
        host.Time.Advance(TimeSpan.FromHours(1));
        await RefreshAsync(host);

        await new KeyClient(host).PatchAsync(key.Record!.Id, """{"expires_at":null}""");

        (await host.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task A_use_that_is_not_written_down_yet_keeps_a_dead_key_in_memory()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        await host.AuthenticateAsync(key.Text!);
        await host.RevokeAsync(key.Record!.Id);
        host.Time.Advance(TimeSpan.FromHours(1));
        await RefreshAsync(host);
        Snapshot(host).Usages.Should().ContainSingle();

        await host.Services.GetRequiredService<KeyUseRecorder>().RecordAsync(TestContext.Current.CancellationToken);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await RefreshAsync(host);

        Snapshot(host).Usages.Should().BeEmpty();
    }

    [Fact]
    public async Task Who_goes_on_with_dead_keys_uses_up_look_ups_like_one_who_guesses()
    {
        await using var host = await IdentityHost.StartAsync();
        var keys = new List<string>();
        for (var number = 0; number <= Gateway.Api.Authentication.Attempts.FailedAttemptLimiter.Burst; number++)
        {
            var key = await host.CreateKeyAsync();
            await host.RevokeAsync(key.Record!.Id);
            keys.Add(key.Text!);
        }

        await using var restarted = await IdentityHost.StartAsync(beside: host);
        var statuses = new List<int>();
        foreach (var key in keys)
        {
            statuses.Add((await restarted.AuthenticateAsync(key)).Error!.Status);
        }

        statuses.SkipLast(1).Should().OnlyContain(status => status == 401);
        statuses[^1].Should().Be(429);
    }

    private static ApiKeySnapshot Snapshot(IdentityHost host) => host.Services.GetRequiredService<ApiKeySnapshot>();

    private static Task RefreshAsync(IdentityHost host) => Snapshot(host).RefreshAsync(0, TestContext.Current.CancellationToken);
}
