using Gateway.Api.Authentication.Keys;
using Gateway.Storage;
using Gateway.Storage.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Authentication.Keys;

public sealed class ApiKeyLookupTests
{
    [Fact]
    public async Task A_caller_that_gives_up_does_not_take_the_answer_from_the_others()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var key = await other.CreateKeyAsync();
        using var impatient = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        host.Store.Gate = gate.Task;

        var abandoned = host.Begin(key.Text!, gone: impatient.Token);
        var patient = host.Begin(key.Text!);
        await impatient.CancelAsync();
        await FluentActions.Awaiting(() => abandoned).Should().ThrowAsync<OperationCanceledException>();
        gate.SetResult();

        (await patient).Caller.Should().NotBeNull();
        host.Store.Lookups.Should().Be(1);
    }

    [Fact]
    public async Task A_failed_look_up_is_not_remembered_as_a_missing_key()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var lookup = host.Services.GetRequiredService<ApiKeyLookup>();
        host.Store.IsDown = true;
        var key = await other.CreateKeyAsync();

        await FluentActions.Awaiting(() => lookup.FindAsync(key.Record!.Hash, out _)).Should().ThrowAsync<StorageUnavailableException>();
        host.Store.IsDown = false;

        lookup.FindRefusal(key.Record!.Hash).Should().BeNull();
        (await lookup.FindAsync(key.Record.Hash, out _)).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task A_key_that_was_missing_works_as_soon_as_it_is_made_here()
    {
        await using var host = await IdentityHost.StartAsync();
        var text = ApiKeyText.Create();
        (await host.AuthenticateAsync(text)).Error!.Status.Should().Be(401);

        await host.Services.GetRequiredService<Gateway.Api.Management.Keys.IApiKeyProvisioner>().EnsureKeyAsync(text, new() { Name = "k" }, TestContext.Current.CancellationToken);

        (await host.AuthenticateAsync(text)).Caller.Should().NotBeNull();
    }
}
