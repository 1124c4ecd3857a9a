using Gateway.Api.Management.Keys;
using Gateway.Silo.Settings.Access;

namespace Gateway.Api.Tests.SelfService;

public sealed class OwnKeyBindingTests
{
    private static readonly AccessRuleText DenyDomain = new() { Allow = false, Domains = ["students.x.edu"] };
    private static readonly AccessRuleText DenyGroup = new() { Allow = false, Groups = ["students"] };

    [Fact]
    public async Task What_is_denied_to_a_domain_is_denied_to_the_keys_of_its_users()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        (await bench.AllowsAsync("alice", DenyDomain)).Should().BeFalse();

        var key = await bench.As("alice").PostToAsync("/v1/me/keys", """{"name":"x"}""");
        var child = await bench.As(key.Key).PostToAsync("/v1/me/keys", """{"name":"y"}""");

        (await bench.AllowsAsync(key.Key, DenyDomain)).Should().BeFalse();
        (await bench.AllowsAsync(child.Key, DenyDomain)).Should().BeFalse("it is made by the same user");
        (await bench.AllowsAsync(key.Key, DenyDomain with { Domains = ["staff.x.edu"] })).Should().BeTrue();
    }

    [Theory]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":"x","groups":[]}""")]
    public async Task What_is_denied_to_a_group_is_denied_to_the_keys_of_its_members_whichever_groups_they_name(string body)
    {
        await using var bench = await OwnKeyBench.StartAsync();

        var key = await bench.As("alice").PostToAsync("/v1/me/keys", body);
        var child = await bench.As(key.Key).PostToAsync("/v1/me/keys", body);

        (await bench.AllowsAsync(key.Key, DenyGroup)).Should().BeFalse();
        (await bench.AllowsAsync(child.Key, DenyGroup)).Should().BeFalse();
    }

    [Fact]
    public async Task A_key_is_allowed_by_the_groups_that_it_has_only()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var narrow = await bench.As("alice").PostToAsync("/v1/me/keys", """{"name":"x","groups":[]}""");
        var wide = await bench.As("alice").PostToAsync("/v1/me/keys", """{"name":"x"}""");

        (await bench.AllowsAsync(narrow.Key, DenyGroup with { Allow = true })).Should().BeFalse();
        (await bench.AllowsAsync(wide.Key, DenyGroup with { Allow = true })).Should().BeTrue();
        (await bench.CallerAsync(narrow.Key)).Groups.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"name":"x"}""")]
    [InlineData("""{"name":"x","groups":[]}""")]
    [InlineData("""{"name":"x","groups":[],"project":null}""")]
    public async Task The_limits_of_the_owners_groups_and_project_are_charged_whichever_groups_a_key_names(string body)
    {
        await using var bench = await OwnKeyBench.StartAsync();
        foreach (var subject in (string[])["group:students", "default:group-member:students", "project:students"])
        {
            await bench.LimitAsync(subject);
        }

        var key = await bench.As("alice").PostToAsync("/v1/me/keys", body);
        var child = await bench.As(key.Key).PostToAsync("/v1/me/keys", body);

        string[] all = ["project:local/students", "group:local/students", "member:local/students:local/alice"];
        (await bench.ChargedAsync("alice")).Should().BeEquivalentTo(all);
        (await bench.ChargedAsync(key.Key)).Should().BeEquivalentTo(all);
        (await bench.ChargedAsync(child.Key)).Should().BeEquivalentTo(all);
        (await bench.CallerAsync(key.Key)).GroupList.Should().Equal("local/students");
    }

    [Fact]
    public async Task A_keys_project_is_charged_for_the_keys_that_are_made_with_it_too()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        await bench.LimitAsync("project:chem");
        var key = await bench.Host.CreateKeyAsync(new ApiKeyDraft { Name = "k", Owner = "user:local/alice", Project = "local/chem" });

        var child = await bench.As(key.Text!).PostToAsync("/v1/me/keys", """{"name":"x","project":null}""");

        (await bench.ChargedAsync(child.Key)).Should().Equal("project:local/chem");
    }

    [Fact]
    public async Task Whom_a_key_of_an_admin_is_charged_to_and_denied_as_is_what_the_admin_said()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        await bench.LimitAsync("group:students");
        var key = await bench.Host.CreateKeyAsync(new ApiKeyDraft { Name = "k", Owner = "user:local/alice" });

        (await bench.AllowsAsync(key.Text!, DenyGroup)).Should().BeTrue();
        (await bench.AllowsAsync(key.Text!, DenyDomain)).Should().BeTrue();
        (await bench.ChargedAsync(key.Text!)).Should().BeEmpty();
    }

    [Fact]
    public async Task What_binds_a_key_survives_a_restart_a_rotation_and_an_admins_change()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var key = await bench.As("alice").PostToAsync("/v1/me/keys", """{"name":"x","groups":[]}""");
        (await new Management.Keys.KeyClient(bench.Host).PatchAsync(key.Id, """{"name":"renamed"}""")).Status.Should().Be(200);
        var rotated = await bench.As("alice").PostToAsync($"/v1/me/keys/{key.Id}/rotate");

        await using var restarted = await Authentication.IdentityHost.StartAsync(beside: bench.Host);

        var caller = (await restarted.AuthenticateAsync(rotated.Key)).Caller!;
        caller.BindingGroups.Should().BeEquivalentTo("local/students");
        caller.BindingDomains.Should().Equal("students.x.edu");
    }
}
