using Gateway.Api.Authentication;

namespace Gateway.Api.Tests.Authentication;

public sealed class BootstrapAdminTests
{
    [Fact]
    public async Task The_admin_key_passes_every_rule_also_without_a_database()
    {
        await using var host = await IdentityHost.StartAsync();
        host.Store.IsDown = true;

        var outcome = host.Begin(IdentityHost.AdminKey);

        outcome.IsCompletedSuccessfully.Should().BeTrue();
        (await outcome).Caller.Should().BeEquivalentTo(new { IsBootstrapAdmin = true, Role = (AdminRole?)AdminRole.Admin, Subject = "key:bootstrap-admin" });
    }

    [Fact]
    public async Task A_near_miss_is_refused()
    {
        await using var host = await IdentityHost.StartAsync();

        foreach (var attempt in new[] { IdentityHost.AdminKey + "x", IdentityHost.AdminKey[..^1], IdentityHost.AdminKey.ToUpperInvariant() })
        {
            (await host.AuthenticateAsync(attempt)).Error!.Status.Should().Be(401);
        }
    }

    [Fact]
    public async Task Without_an_admin_key_nobody_is_the_admin()
    {
        await using var host = await IdentityHost.StartAsync(options => options.AdminKey = "");

        (await host.AuthenticateAsync(IdentityHost.AdminKey)).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task A_changed_secret_file_counts_at_once()
    {
        await using var host = await IdentityHost.StartAsync();
        (await host.AuthenticateAsync(IdentityHost.AdminKey)).Caller.Should().NotBeNull();

        host.Options.AdminKey = "another-admin-key-of-more-than-32-characters";

        (await host.AuthenticateAsync(IdentityHost.AdminKey)).Error!.Status.Should().Be(401);
        (await host.AuthenticateAsync("another-admin-key-of-more-than-32-characters")).Caller!.IsBootstrapAdmin.Should().BeTrue();
    }
}
