using Gateway.Process.Rigs;

namespace Gateway.Process.Identity;

public sealed class GroupAccessTests(JwtGateway shared) : IClassFixture<JwtGateway>
{
    [Fact]
    public async Task A_groups_model_serves_members_is_403_for_others_and_invisible_to_them()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model).With("allowed_groups", new JsonArray("physics")));
        var member = shared.Issuer.Token("alice", ["physics", "chess"]);
        var stranger = shared.Issuer.Token("bob", ["chess"]);

        await Eventually.TrueAsync(
            async () =>
            {
                using var served = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), member);
                return served.StatusCode == HttpStatusCode.OK;
            },
            "a member is served");
        var before = upstream.Requests.Count;
        using var denied = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), stranger);
        (await denied.ErrorAsync(HttpStatusCode.Forbidden)).Code().Should().Be("model_not_allowed");
        upstream.Requests.Count.Should().Be(before);
        foreach (var listing in (string[])["/v1/models", "/resource_server/list-endpoints", "/resource_server/metis/jobs", "/resource_server/metis/models", "/resource_server/metis/api/v1/models"])
        {
            (await TextAsync(listing, member)).Should().Contain(model);
            (await TextAsync(listing, stranger)).Should().NotContain(model);
        }

        using var one = await shared.Gateway.GetAsync($"/v1/models/{model}", stranger);
        await one.ErrorAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_same_group_name_of_another_issuer_opens_nothing()
    {
        await using var upstream = ScriptedUpstream.Start();
        var model = shared.NewModel();
        await shared.PublishAsync(shared.Entry(upstream, model).With("allowed_groups", new JsonArray("other/physics")));
        var member = shared.Issuer.Token("alice", ["physics"]);
        await Eventually.TrueAsync(
            async () => (await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), shared.Issuer.Token("bob"))).StatusCode == HttpStatusCode.Forbidden, "the model is known");

        using var denied = await shared.Gateway.PostAsync("/v1/chat/completions", Callers.ChatBody(model), member);

        denied.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_token_without_a_role_opens_no_admin_route()
    {
        using var response = await shared.Gateway.GetAsync("/admin/endpoints", shared.Issuer.Token("alice"));

        await response.ErrorAsync(HttpStatusCode.Forbidden);
    }

    private async Task<string> TextAsync(string path, string token)
    {
        using var response = await shared.Gateway.GetAsync(path, token);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.Should().Be(HttpStatusCode.OK, "{0} said {1}", path, text);
        return text;
    }
}
