using Gateway.Api.Authentication.Attempts;
using Gateway.Api.Tests.Authentication.Introspection;
using Gateway.Storage.Keys;

namespace Gateway.Api.Tests.Authentication.Attempts;

public sealed class HungUpTests
{
    private const string Attacker = "192.0.2.66";
    private const int Tries = 4 * FailedAttemptLimiter.Burst;

    [Fact]
    public async Task Who_hangs_up_has_used_a_look_up_of_a_key_all_the_same()
    {
        await using var host = await IdentityHost.StartAsync();
        var opened = new TaskCompletionSource();
        host.Store.Gate = opened.Task;
        await HangUpAsync(host, _ => ApiKeyText.Create());

        await Eventually.HoldsAsync(() => Task.FromResult(host.Store.Lookups >= FailedAttemptLimiter.Burst), TimeSpan.FromSeconds(30));
        host.Store.Lookups.Should().Be(FailedAttemptLimiter.Burst);
        var other = host.Begin(ApiKeyText.Create());
        opened.SetResult();

        (await other).Error!.Status.Should().Be(401, "others are looked up meanwhile");
        await Eventually.HoldsAsync(async () => (await host.AuthenticateAsync(ApiKeyText.Create(), Attacker)).Error!.Status == 429, TimeSpan.FromSeconds(30));
        host.Store.Lookups.Should().BeLessThanOrEqualTo(FailedAttemptLimiter.Burst + 1);
    }

    [Fact]
    public async Task Who_hangs_up_has_used_an_introspection_all_the_same()
    {
        var opened = new TaskCompletionSource();
        var grain = new ScriptedTokenGrain { Gate = opened.Task };
        await using var host = await IdentityHost.StartAsync(tokens: grain);
        await HangUpAsync(host, number => $"bad-{number}");

        grain.Questions.Should().HaveCount(FailedAttemptLimiter.Burst);
        var other = host.Begin("good");
        opened.SetResult();

        (await other).Caller.Should().NotBeNull("others are asked about meanwhile");
        await Eventually.HoldsAsync(async () => (await host.AuthenticateAsync("bad-last", Attacker)).Error!.Status == 429, TimeSpan.FromSeconds(30));
        grain.Questions.Should().HaveCountLessThanOrEqualTo(FailedAttemptLimiter.Burst + 2);
    }

    [Fact]
    public async Task A_good_credential_costs_nothing_though_its_caller_hung_up()
    {
        var grain = new ScriptedTokenGrain();
        await using var host = await IdentityHost.StartAsync(tokens: grain);
        for (var number = 0; number < 2 * FailedAttemptLimiter.Burst; number++)
        {
            var opened = new TaskCompletionSource();
            grain.Gate = opened.Task;
            using var gone = new CancellationTokenSource();
            var left = host.Begin($"good-{number}", Attacker, gone.Token);
            await gone.CancelAsync();
            await FluentActions.Awaiting(() => left).Should().ThrowAsync<OperationCanceledException>();
            opened.SetResult();
            (await host.AuthenticateAsync($"good-{number}", Attacker)).Caller.Should().NotBeNull();
        }
    }

    private static async Task HangUpAsync(IdentityHost host, Func<int, string> credential)
    {
        for (var number = 0; number < Tries; number++)
        {
            using var gone = new CancellationTokenSource();
            var left = host.Begin(credential(number), Attacker, gone.Token);
            await gone.CancelAsync();
            await FluentActions.Awaiting(() => left).Should().ThrowAsync<OperationCanceledException>();
        }
    }
}
