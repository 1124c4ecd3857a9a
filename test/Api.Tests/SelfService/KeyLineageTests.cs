using Gateway.Api.Authentication.Keys;
using Gateway.Api.Http;
using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Management.Keys;
using Gateway.Silo.Settings.Access;

namespace Gateway.Api.Tests.SelfService;

/// <summary>A key, one that was made with it, and one that was made with that one.</summary>
public sealed class KeyLineageTests
{
    private static readonly ApiKeyDraft Wide = new() { Name = "k", Owner = "user:local/alice", Groups = ["local/a", "local/b"], Project = "local/a" };

    [Fact]
    public async Task The_limits_of_a_key_are_charged_for_all_that_was_made_with_it()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (key, child, grandchild) = await MakeAsync(bench, Wide);
        await bench.LimitAsync("key:" + key.Id);
        await bench.LimitAsync("key:" + child.Id);

        (await bench.ChargedAsync(key.Text)).Should().Equal("key:" + key.Id);
        (await bench.ChargedAsync(child.Text)).Should().BeEquivalentTo("key:" + key.Id, "key:" + child.Id);
        (await bench.ChargedAsync(grandchild.Text)).Should().BeEquivalentTo("key:" + key.Id, "key:" + child.Id);
    }

    [Fact]
    public async Task What_is_denied_to_a_key_is_denied_to_all_that_was_made_with_it()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (key, child, grandchild) = await MakeAsync(bench, Wide);
        var deny = new AccessRuleText { Allow = false, Keys = [key.Id] };

        foreach (var text in (string[])[key.Text, child.Text, grandchild.Text])
        {
            (await bench.AllowsAsync(text, deny)).Should().BeFalse();
            (await bench.AllowsAsync(text, deny with { Keys = ["other"] })).Should().BeTrue();
        }

        (await bench.AllowsAsync(child.Text, deny with { Allow = true })).Should().BeFalse("a key is allowed by its own id");
    }

    [Fact]
    public async Task A_key_that_is_narrowed_narrows_all_that_was_made_with_it()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (key, child, grandchild) = await MakeAsync(bench, Wide);
        var before = await bench.CallerAsync(grandchild.Text);

        await PatchAsync(bench, key.Id, """{"groups":["b","c"],"project":"b","models":["m"],"routes":["embeddings"],"expires_at":"2030-01-02T00:00:00Z"}""");

        foreach (var text in (string[])[child.Text, grandchild.Text])
        {
            bench.Host.Begin(text).IsCompletedSuccessfully.Should().BeTrue("it is decided from memory");
            var caller = await bench.CallerAsync(text);
            caller.Groups.Should().Equal("local/b");
            caller.BindingGroups.Should().BeEquivalentTo("local/a", "local/b", "local/c");
            caller.Project.Should().Be("local/b");
            caller.Models.Should().Equal("m");
            caller.Operations.Should().Equal(Operation.Embeddings);
            caller.ExpiresAt.Should().Be(bench.Host.Time.GetUtcNow().AddDays(1));
            caller.Should().BeSameAs(await bench.CallerAsync(text));
        }

        before.Models.Should().BeNull();
        bench.Host.Time.Advance(TimeSpan.FromDays(1));
        (await bench.Host.AuthenticateAsync(grandchild.Text)).Error!.Message.Should().Contain("expired");
    }

    [Fact]
    public async Task Models_that_a_key_and_its_parent_do_not_share_are_none_not_all()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (key, child, grandchild) = await MakeAsync(bench, Wide with { Models = ["m"], Routes = ["embeddings"] });

        await PatchAsync(bench, key.Id, """{"models":["other"],"routes":["responses"]}""");

        foreach (var text in (string[])[child.Text, grandchild.Text])
        {
            (await bench.CallerAsync(text)).Models.Should().BeEmpty();
            (await bench.CallerAsync(text)).Operations.Should().BeEmpty();
        }
    }

    [Fact]
    public async Task What_was_made_with_a_key_ends_when_the_key_is_given_to_somebody_else()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (key, child, grandchild) = await MakeAsync(bench, Wide);

        await PatchAsync(bench, key.Id, """{"owner":"bob"}""");

        (await bench.CallerAsync(key.Text)).User.Should().Be("user:local/bob");
        foreach (var text in (string[])[child.Text, grandchild.Text])
        {
            (await bench.Host.AuthenticateAsync(text)).Error!.Status.Should().Be(401);
        }
    }

    [Fact]
    public async Task A_node_that_meets_a_key_before_its_parents_looks_all_of_them_up()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        await using var other = await IdentityHost.StartAsync(beside: bench.Host);
        var (key, _, grandchild) = await MakeAsync(bench, Wide with { Models = ["m"] });

        var caller = (await other.AuthenticateAsync(grandchild.Text)).Caller!;

        caller.Models.Should().Equal("m");
        caller.BindingKeys.Should().Contain("key:" + key.Id).And.HaveCount(3);
    }

    [Fact]
    public async Task A_key_whose_parent_is_not_there_or_forged_is_refused()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (key, child, grandchild) = await MakeAsync(bench, Wide);
        var (gone, orphan, _) = await MakeAsync(bench, Wide);
        await bench.Host.ExecuteAsync($"UPDATE api_keys SET groups = '[]' WHERE id = '{key.Id}'");
        await bench.Host.ExecuteAsync($"DELETE FROM api_keys WHERE id = '{gone.Id}'");

        await using var restarted = await IdentityHost.StartAsync(beside: bench.Host);

        foreach (var text in (string[])[child.Text, grandchild.Text, orphan.Text])
        {
            (await restarted.AuthenticateAsync(text)).Error!.Status.Should().Be(401);
        }
    }

    [Fact]
    public async Task Both_texts_of_a_rotated_key_are_bound_by_its_parent()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (key, child, _) = await MakeAsync(bench, Wide);
        var rotated = await bench.As(child.Text).PostToAsync($"/v1/me/keys/{child.Id}/rotate");

        await PatchAsync(bench, key.Id, """{"models":["m"]}""");

        foreach (var text in (string[])[child.Text, rotated.Key])
        {
            (await bench.CallerAsync(text)).Models.Should().Equal("m");
        }
    }

    [Fact]
    public async Task Keys_are_made_with_one_another_a_bounded_number_of_times_in_a_row()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var key = (await bench.Host.CreateKeyAsync(Wide)).Text!;
        for (var depth = 1; depth < KeyJudge.MaxDepth; depth++)
        {
            key = (await bench.As(key).PostToAsync("/v1/me/keys", """{"name":"x"}""")).Key;
        }

        (await bench.CallerAsync(key)).BindingKeys.Should().HaveCount(KeyJudge.MaxDepth);
        (await bench.As(key).PostToAsync("/v1/me/keys", """{"name":"x"}""")).Code.Should().Be("rights_exceeded");
    }

    private static async Task<((string Id, string Text) Key, (string Id, string Text) Child, (string Id, string Text) Grandchild)> MakeAsync(OwnKeyBench bench, ApiKeyDraft draft)
    {
        var key = await bench.Host.CreateKeyAsync(draft);
        var child = await bench.As(key.Text!).PostToAsync("/v1/me/keys", """{"name":"child"}""");
        child.Status.Should().Be(201, child.Text);
        var grandchild = await bench.As(child.Key).PostToAsync("/v1/me/keys", """{"name":"grandchild"}""");
        return ((key.Record!.Id, key.Text!), (child.Id, child.Key), (grandchild.Id, grandchild.Key));
    }

    private static async Task PatchAsync(OwnKeyBench bench, string id, string body)
    {
        var changed = await new KeyClient(bench.Host).PatchAsync(id, body);
        changed.Status.Should().Be(200, changed.Text);
    }
}
