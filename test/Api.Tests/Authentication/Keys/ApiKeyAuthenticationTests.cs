using Gateway.Api.Authentication.Keys;
using Gateway.Api.Authentication.Attempts;
using Microsoft.Extensions.DependencyInjection;
using Gateway.Api.Management.Keys;
using Gateway.Storage.Keys;

namespace Gateway.Api.Tests.Authentication.Keys;

public sealed class ApiKeyAuthenticationTests
{
    [Fact]
    public async Task A_known_key_is_found_synchronously_and_its_caller_is_shared()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync(new ApiKeyDraft
        {
            Name = "ci",
            Owner = "user:local/alice",
            Groups = ["local/physics"],
            Project = "local/chem",
            Role = "operator",
            Models = ["gpt-4o"],
        });

        var first = host.Begin(key.Text!);
        var second = host.Begin(key.Text!);

        first.IsCompletedSuccessfully.Should().BeTrue();
        var caller = (await first).Caller!;
        caller.Should().BeSameAs((await second).Caller);
        caller.Should().BeEquivalentTo(new
        {
            User = "user:local/alice",
            Key = "key:" + key.Record!.Id,
            Groups = new[] { "local/physics" },
            Project = "local/chem",
            Models = new[] { "gpt-4o" },
            Role = Gateway.Api.Authentication.AdminRole.Operator,
            IsBootstrapAdmin = false,
            Id = "user:alice",
            Username = "user:alice",
            Name = "ci",
            AuthService = "gateway",
        });
    }

    [Fact]
    public async Task A_key_without_owner_stands_for_itself_and_no_models_means_no_restriction()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();

        var caller = (await host.AuthenticateAsync(key.Text!)).Caller!;

        caller.User.Should().BeNull();
        caller.Subject.Should().Be("key:" + key.Record!.Id);
        caller.Models.Should().BeNull();
        caller.Role.Should().BeNull();
    }

    [Fact]
    public async Task An_expired_key_is_refused_from_its_instant_on()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync(new ApiKeyDraft { Name = "short", ExpiresAt = host.Time.GetUtcNow().AddMinutes(1) });

        host.Time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
        (await host.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
        host.Time.Advance(TimeSpan.FromMilliseconds(1));

        var error = (await host.AuthenticateAsync(key.Text!)).Error!;
        error.Status.Should().Be(401);
        error.Message.Should().Contain("expired");
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once_and_after_a_restart()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        await host.RevokeAsync(key.Record!.Id);

        (await host.AuthenticateAsync(key.Text!)).Error!.Message.Should().Contain("revoked");
        await using var restarted = await IdentityHost.StartAsync(beside: host);
        (await restarted.AuthenticateAsync(key.Text!)).Error!.Message.Should().Contain("revoked");
    }

    [Fact]
    public async Task A_key_survives_a_restart()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();

        await using var restarted = await IdentityHost.StartAsync(beside: host);

        restarted.Begin(key.Text!).IsCompletedSuccessfully.Should().BeTrue("it was loaded at the start");
        (await restarted.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
        restarted.Follower.AppliedVersion.Should().Be(key.Record!.Version);
    }

    [Theory]
    [InlineData("gw-short", "mistyped")]
    [InlineData("gw-000000000000000000000000000000000000000000000000", "mistyped")]
    [InlineData("sk-proj-abcdefgh", "neither an API key of this gateway")]
    [InlineData("ab.cd", "neither an API key of this gateway")]
    [InlineData("a.b.c.d.e", "neither an API key of this gateway")]
    public async Task What_cannot_be_a_key_is_refused_without_a_look_up_and_without_being_echoed(string credential, string text)
    {
        await using var host = await IdentityHost.StartAsync();

        var error = (await host.AuthenticateAsync(credential)).Error!;

        error.Status.Should().Be(401);
        error.Message.Should().Contain(text).And.NotContain(credential);
        error.Challenge.Should().NotBeNull();
        host.Store.Lookups.Should().Be(0);
    }

    [Fact]
    public async Task An_unknown_key_costs_one_look_up_a_second_however_many_ask()
    {
        await using var host = await IdentityHost.StartAsync();
        var unknown = ApiKeyText.Create();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.AuthenticateAsync(unknown)));
        var repeated = await host.AuthenticateAsync(unknown);

        outcomes.Append(repeated).Should().OnlyContain(outcome => outcome.Error!.Status == 401);
        host.Store.Lookups.Should().Be(1);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.AuthenticateAsync(unknown);
        host.Store.Lookups.Should().Be(2);
    }

    [Fact]
    public async Task A_program_with_a_dead_key_uses_up_one_attempt_a_look_up_however_many_of_its_requests_wait()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var made = await other.CreateKeyAsync();
        var dead = ApiKeyText.Create();
        var gate = new TaskCompletionSource();
        host.Store.Gate = gate.Task;
        var asking = Enumerable.Range(0, 3 * FailedAttemptLimiter.Burst).Select(_ => host.AuthenticateAsync(dead)).ToList();
        gate.SetResult();

        (await Task.WhenAll(asking)).Should().OnlyContain(outcome => outcome.Error!.Status == 401);

        host.Store.Lookups.Should().Be(1);
        (await host.AuthenticateAsync(made.Text!)).Caller.Should().NotBeNull("another key from the same address, which this node has not met");
        for (var i = 0; i < FailedAttemptLimiter.Burst - 1; i++)
        {
            (await host.AuthenticateAsync(ApiKeyText.Create())).Error!.Status.Should().Be(401);
        }
    }

    [Fact]
    public async Task Guessing_from_one_address_ends_in_429_while_known_keys_go_on_working()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        var outcomes = new List<int>();
        for (var i = 0; i <= FailedAttemptLimiter.Burst; i++)
        {
            outcomes.Add((await host.AuthenticateAsync(ApiKeyText.Create(), "192.0.2.9")).Error!.Status);
        }

        outcomes[^1].Should().Be(429);
        outcomes.SkipLast(1).Should().OnlyContain(status => status == 401);
        (await host.AuthenticateAsync(ApiKeyText.Create(), "192.0.2.9")).Error!.RetryAfter.Should().BePositive();
        (await host.AuthenticateAsync(key.Text!, "192.0.2.9")).Caller.Should().NotBeNull();
        (await host.AuthenticateAsync(ApiKeyText.Create(), "192.0.2.10")).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task Without_the_database_known_keys_work_and_unknown_ones_get_503_never_401()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        host.Store.IsDown = true;

        (await host.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
        for (var i = 0; i < 2 * FailedAttemptLimiter.Burst; i++)
        {
            (await host.AuthenticateAsync(ApiKeyText.Create())).Error!.Status.Should().Be(503);
        }

        host.Store.IsDown = false;
        (await host.AuthenticateAsync(ApiKeyText.Create())).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task The_text_of_a_key_is_in_no_log()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        var unknown = ApiKeyText.Create();
        await host.AuthenticateAsync(key.Text!);
        await host.AuthenticateAsync(unknown);
        host.Store.IsDown = true;
        await host.AuthenticateAsync(ApiKeyText.Create());
        host.Store.IsDown = false;
        await host.RevokeAsync(key.Record!.Id);
        await host.AuthenticateAsync(key.Text!);

        string[] secrets = [key.Text![3..43], unknown[3..43], IdentityHost.AdminKey, IdentityHost.ClusterSecret];
        host.Logs.Lines.Should().NotBeEmpty().And.NotContain(line => secrets.Any(line.Contains));
    }

    [Fact]
    public async Task While_the_cluster_has_confirmed_no_keys_for_too_long_the_database_is_not_blamed()
    {
        await using var host = await IdentityHost.StartAsync();
        var key = await host.CreateKeyAsync();
        var freshness = host.Services.GetRequiredService<KeysFreshness>();
        host.Time.Advance(new Gateway.Silo.Settings.AuthOptions().MaxStaleness + TimeSpan.FromSeconds(5));
        freshness.Check(0, areRowsStale: false);

        var error = (await host.AuthenticateAsync(key.Text!)).Error!;

        (error.Status, error.Code).Should().Be((503, "identity_unavailable"));
        error.Message.Should().Contain("confirmed").And.NotContain("database");
    }
}
