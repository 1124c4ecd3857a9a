using Gateway.Api.Management.Keys;

namespace Gateway.Api.Tests.Authentication.Keys;

/// <summary>Rows that a node read before they were changed, and takes over after it heard of the change.</summary>
public sealed class LateAnswerTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_look_up_that_ends_late_revives_no_key_that_was_revoked_meanwhile()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var key = await other.CreateKeyAsync();
        var answering = new TaskCompletionSource();
        host.Store.Answering = answering.Task;
        var late = host.Begin(key.Text!);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Store.HasRead), Bound);

        await RevokeElsewhereAsync(host, other, key.Record!.Id);
        answering.SetResult();

        (await late).Error!.Status.Should().Be(401);
        (await host.AuthenticateAsync(key.Text!)).Error!.Status.Should().Be(401);
    }

    [Fact]
    public async Task A_look_up_that_ends_late_widens_no_key_that_was_narrowed_meanwhile()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var key = await other.CreateKeyAsync(new ApiKeyDraft { Name = "wide", Role = "admin" });
        var answering = new TaskCompletionSource();
        host.Store.Answering = answering.Task;
        var late = host.Begin(key.Text!);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Store.HasRead), Bound);

        var narrowed = await other.Store.UpdateAsync(key.Record! with { Role = null }, new("key:test", "key.update", "key:test"), TestContext.Current.CancellationToken);
        await AppliedAsync(host, narrowed!.Version);
        answering.SetResult();

        (await late).Caller!.Role.Should().BeNull();
        (await host.AuthenticateAsync(key.Text!)).Caller!.Role.Should().BeNull();
    }

    [Fact]
    public async Task A_key_that_was_revoked_while_it_was_made_is_not_published()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var parent = await other.CreateKeyAsync();
        var answering = new TaskCompletionSource();
        host.Store.Answering = answering.Task;
        var making = Task.Run(() => host.CreateKeyAsync(new ApiKeyDraft { Name = "child", Parent = parent.Record!.Id }), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Store.HasRead), Bound);

        await RevokeElsewhereAsync(host, other, parent.Record!.Id);
        answering.SetResult();

        (await host.AuthenticateAsync((await making).Text!)).Error!.Message.Should().Contain("revoked");
    }

    [Fact]
    public async Task A_key_that_was_revoked_while_it_was_looked_up_for_one_made_with_it_revives_neither()
    {
        await using var host = await IdentityHost.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: host);
        var parent = await other.CreateKeyAsync(new ApiKeyDraft { Name = "parent", Owner = "user:local/alice" });
        var child = await other.CreateKeyAsync(new ApiKeyDraft { Name = "child", Owner = "user:local/alice", Parent = parent.Record!.Id });
        var answering = new TaskCompletionSource();
        host.Store.AnsweringById = answering.Task;
        var late = host.Begin(child.Text!);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Store.HasRead), Bound);

        await RevokeElsewhereAsync(host, other, parent.Record.Id);
        answering.SetResult();

        (await late).Error!.Status.Should().Be(401);
        foreach (var text in (string[])[parent.Text!, child.Text!])
        {
            (await host.AuthenticateAsync(text)).Error!.Status.Should().Be(401);
        }
    }

    private static async Task RevokeElsewhereAsync(IdentityHost host, IdentityHost other, string id)
    {
        await other.RevokeAsync(id);
        await AppliedAsync(host, other.Manifest.Announced.Last());
    }

    private static async Task AppliedAsync(IdentityHost host, long version)
    {
        host.Follower.OnKeysVersion(version);
        await Eventually.HoldsAsync(() => Task.FromResult(host.Follower.AppliedVersion >= version), Bound);
    }
}
