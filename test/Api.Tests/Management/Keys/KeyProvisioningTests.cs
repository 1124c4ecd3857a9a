using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Authentication;
using Gateway.Storage.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Api.Tests.Management.Keys;

public sealed class KeyProvisioningTests
{
    private static readonly ApiKeyDraft Draft = new() { Name = "demo", Owner = "user:local/demo" };

    [Fact]
    public async Task A_key_with_a_given_text_is_made_once_also_over_restarts()
    {
        await using var host = await IdentityHost.StartAsync();
        var text = ApiKeyText.Create();

        var first = await EnsureAsync(host, text);
        await using var restarted = await IdentityHost.StartAsync(beside: host);
        var second = await EnsureAsync(restarted, text);

        second.Id.Should().Be(first.Id);
        (await restarted.AuthenticateAsync(text)).Caller!.User.Should().Be("user:local/demo");
    }

    [Fact]
    public async Task A_revoked_key_is_not_revived()
    {
        await using var host = await IdentityHost.StartAsync();
        var text = ApiKeyText.Create();
        var first = await EnsureAsync(host, text);
        await host.RevokeAsync(first.Id);

        (await EnsureAsync(host, text)).RevokedAt.Should().NotBeNull();
        (await host.AuthenticateAsync(text)).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task A_text_that_is_no_key_or_a_forged_row_is_refused()
    {
        await using var host = await IdentityHost.StartAsync();
        var text = ApiKeyText.Create();
        await EnsureAsync(host, text);
        await host.ExecuteAsync("UPDATE api_keys SET role = 'admin'");

        await FluentActions.Awaiting(() => EnsureAsync(host, "secret")).Should().ThrowAsync<ArgumentException>();
        await FluentActions.Awaiting(() => EnsureAsync(host, text)).Should().ThrowAsync<InvalidOperationException>().WithMessage("*CLUSTER_SECRET*");
    }

    private static Task<ApiKeyRecord> EnsureAsync(IdentityHost host, string text) =>
        host.Services.GetRequiredService<IApiKeyProvisioner>().EnsureKeyAsync(text, Draft, TestContext.Current.CancellationToken);
}
