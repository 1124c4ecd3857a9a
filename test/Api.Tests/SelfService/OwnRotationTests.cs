using Gateway.Api.Management.Keys;
using Gateway.Api.Tests.Management.Keys;

namespace Gateway.Api.Tests.SelfService;

public sealed class OwnRotationTests
{
    private static readonly ApiKeyDraft Hers = new() { Name = "portal", Owner = "user:local/alice" };

    public static TheoryData<ApiKeyDraft, string> Beyond => new()
    {
        { Hers with { Role = "admin" }, "role" },
        { Hers with { Role = "viewer" }, "role" },
        { Hers with { OnBehalfOf = true }, "on_behalf_of" },
        { Hers with { Groups = ["local/students", "local/secret"] }, "groups" },
        { Hers with { Project = "local/secret" }, "project" },
    };

    [Theory, MemberData(nameof(Beyond))]
    public async Task An_owner_gets_no_text_of_a_key_with_rights_that_she_does_not_have(ApiKeyDraft draft, string field)
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var key = await bench.Host.CreateKeyAsync(draft);

        var refused = await bench.As("alice").PostToAsync($"/v1/me/keys/{key.Record!.Id}/rotate");

        (refused.Status, refused.Code, refused.Param).Should().Be((403, "rights_exceeded", field), refused.Text);
        (await bench.Host.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
        (await new KeyClient(bench.Host).GetAsync("/admin/audit")).Text.Should().NotContain("key.rotate");
        (await new KeyClient(bench.Host).PostToAsync($"/admin/keys/{key.Record.Id}/rotate")).Status.Should().Be(200, "an admin may");
    }

    [Fact]
    public async Task An_owner_rotates_a_key_within_her_rights_however_long_an_admin_lets_it_live()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        foreach (var expires in (DateTimeOffset?[])[null, bench.Host.Time.GetUtcNow().AddYears(2)])
        {
            var key = await bench.Host.CreateKeyAsync(Hers with { Groups = ["local/students"], Project = "local/students", Models = ["m"], Routes = ["embeddings"], ExpiresAt = expires });

            var rotated = await bench.As("alice").PostToAsync($"/v1/me/keys/{key.Record!.Id}/rotate");

            rotated.Status.Should().Be(200, rotated.Text);
            (await bench.CallerAsync(rotated.Key)).Models.Should().Equal("m");
        }
    }

    [Fact]
    public async Task An_owner_s_keys_get_a_hundred_new_texts_an_hour_and_an_admin_may_always()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var key = await bench.Host.CreateKeyAsync(Hers);
        for (var number = 0; number < 100; number++)
        {
            (await bench.As("alice").PostToAsync($"/v1/me/keys/{key.Record!.Id}/rotate")).Status.Should().Be(200);
        }

        var refused = await bench.As("alice").PostToAsync($"/v1/me/keys/{key.Record!.Id}/rotate");

        (refused.Status, refused.Code).Should().Be((429, "rate_limit_exceeded"), refused.Text);
        (await new KeyClient(bench.Host).PostToAsync($"/admin/keys/{key.Record.Id}/rotate")).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_rotation_whose_answer_is_lost_says_what_to_look_at_before_the_next_one()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var key = await bench.Host.CreateKeyAsync(Hers);
        bench.Host.Store.LosesAnswers = true;

        var lost = await bench.As("alice").PostToAsync($"/v1/me/keys/{key.Record!.Id}/rotate");

        (lost.Status, lost.Code).Should().Be((503, "storage_unavailable"), lost.Text);
        lost.RetryAfter.Should().BeNull("nothing may try again by itself");
        lost.Text.Should().Contain("hint").And.NotContain("Try again shortly");
        (await bench.Host.AuthenticateAsync(key.Text!)).Caller.Should().NotBeNull();
    }

    [Fact]
    public async Task A_key_gives_no_new_text_to_one_made_with_it_that_an_admin_gave_a_role()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var key = await bench.Host.CreateKeyAsync(Hers);
        var child = await bench.As(key.Text!).PostToAsync("/v1/me/keys", """{"name":"child"}""");
        await new KeyClient(bench.Host).PatchAsync(child.Id, """{"role":"viewer"}""");

        (await bench.As(key.Text!).PostToAsync($"/v1/me/keys/{child.Id}/rotate")).Param.Should().Be("role");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_text_before_a_rotation_says_when_it_ends_and_what_is_made_with_it_ends_no_later(bool hasParent)
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (id, before) = await MakeAsync(bench, hasParent);
        var rotated = await new KeyClient(bench.Host).PostToAsync($"/admin/keys/{id}/rotate", """{"overlap_seconds":60}""");
        var end = bench.Host.Time.GetUtcNow().AddSeconds(60);

        (await MeEndsAsync(bench, before)).Should().Be(end);
        (await MeEndsAsync(bench, rotated.Key)).Should().NotBe(end);
        (await bench.CallerAsync(before)).Should().BeSameAs(await bench.CallerAsync(before));
        var child = await bench.As(before).PostToAsync("/v1/me/keys", """{"name":"child"}""");
        ((DateTimeOffset?)child.Json["expires_at"]).Should().Be(end, child.Text);
        var later = await bench.As(before).PostToAsync("/v1/me/keys", """{"name":"later","expires_at":"2030-01-03T00:00:00Z"}""");
        (later.Status, later.Param).Should().Be((403, "expires_at"));

        bench.Host.Time.Advance(TimeSpan.FromSeconds(60));
        (await bench.Host.AuthenticateAsync(child.Key)).Error!.Status.Should().Be(401);
        (await bench.Host.AuthenticateAsync(rotated.Key)).Caller.Should().NotBeNull();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_text_before_a_rotation_gets_no_new_text_neither_of_its_key_nor_of_one_made_with_it(bool hasParent)
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var (id, before) = await MakeAsync(bench, hasParent);
        var child = await bench.As(before).PostToAsync("/v1/me/keys", """{"name":"child"}""");
        var rotated = await new KeyClient(bench.Host).PostToAsync($"/admin/keys/{id}/rotate", """{"overlap_seconds":60}""");

        foreach (var key in (string[])[id, child.Id])
        {
            var refused = await bench.As(before).PostToAsync($"/v1/me/keys/{key}/rotate", """{"overlap_seconds":0}""");
            (refused.Status, refused.Code).Should().Be((403, "rights_exceeded"), refused.Text);
            refused.Text.Should().Contain("new text");
        }

        (await bench.Host.AuthenticateAsync(rotated.Key)).Caller.Should().NotBeNull();
        (await bench.As(rotated.Key).PostToAsync($"/v1/me/keys/{id}/rotate")).Status.Should().Be(200);
    }

    [Fact]
    public async Task The_audit_log_names_the_key_that_rotated_as_it_names_the_one_that_made()
    {
        await using var bench = await OwnKeyBench.StartAsync();
        var key = await bench.Host.CreateKeyAsync(Hers);
        var child = await bench.As(key.Text!).PostToAsync("/v1/me/keys", """{"name":"child"}""");

        await bench.As(key.Text!).PostToAsync($"/v1/me/keys/{child.Id}/rotate");
        await bench.As("alice").PostToAsync($"/v1/me/keys/{child.Id}/rotate");

        var entries = (await new KeyClient(bench.Host).GetAsync("/admin/audit")).Json["data"]!.AsArray();
        entries.Where(entry => (string)entry!["action"]! == "key.rotate").Select(entry => (string)entry!["actor"]!)
            .Should().BeEquivalentTo("key:" + key.Record!.Id, "user:alice");
    }

    private static async Task<(string Id, string Text)> MakeAsync(OwnKeyBench bench, bool hasParent)
    {
        var key = await bench.Host.CreateKeyAsync(Hers);
        if (!hasParent)
        {
            return (key.Record!.Id, key.Text!);
        }

        var made = await bench.As(key.Text!).PostToAsync("/v1/me/keys", """{"name":"made"}""");
        return (made.Id, made.Key);
    }

    private static async Task<DateTimeOffset?> MeEndsAsync(OwnKeyBench bench, string text) =>
        (DateTimeOffset?)(await bench.As(text).GetAsync("/v1/me")).Json["expires_at"];
}
