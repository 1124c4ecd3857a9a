using Gateway.Cli.Rigs;

namespace Gateway.Cli.Endpoints;

public sealed class EndpointTests : IAsyncLifetime
{
    private readonly CliRig _rig = new();

    public async ValueTask InitializeAsync() => await _rig.SignInAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_list_shows_health_and_has_all_pages()
    {
        var pages = 0;
        _rig.Gateway["GET /admin/endpoints"] = exchange => Replies.Json(200, pages++ % 2 == 0
            ? """{"data":[{"id":"openai","status":"Live","circuit":"open","in_flight":3,"models":["a","b"],"override":{"mode":"drain"}}],"has_more":true}"""
            : """{"data":[{"id":"azure","status":"Live","circuit":"closed","in_flight":0,"models":["a"],"override":null}],"has_more":false}""")(exchange);

        var shown = (await _rig.RunAsync("endpoints", "list")).ShouldEndWith(ExitCodes.Ok).Output;

        shown.Should().MatchRegex("openai +Live +open +drain +3 +a, b").And.MatchRegex("azure +Live +closed +- +0 +a");
        _rig.Gateway.Requests.Last().Target.Should().Be("/admin/endpoints?after=openai");
        (await _rig.RunAsync("endpoints", "list", "--json")).Json["data"]!.AsArray().Should().HaveCount(2);
    }

    [Theory, InlineData("drain"), InlineData("maintenance"), InlineData("live")]
    public async Task An_override_is_set_by_its_name(string mode)
    {
        _rig.Gateway.Answer("PUT /admin/endpoints/a%2Fb/override", """{"id":"a/b"}""");

        (await _rig.RunAsync("endpoints", mode, "a/b", "--reason", "key rotation", "--notice", "Back at noon.")).ShouldEndWith(ExitCodes.Ok);

        _rig.Gateway.Requests.Single().BodyText.Should().Be($$"""{"mode":"{{mode}}","reason":"key rotation","notice":"Back at noon."}""");
    }

    [Fact]
    public async Task An_override_is_cleared()
    {
        _rig.Gateway["DELETE /admin/endpoints/openai/override"] = exchange => exchange.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n");

        (await _rig.RunAsync("endpoints", "clear", "openai", "--json")).ShouldEndWith(ExitCodes.Ok).Json["id"]!.GetValue<string>().Should().Be("openai");
    }

    [Fact]
    public async Task Somebody_without_the_role_is_denied()
    {
        _rig.Gateway.Answer("GET /admin/endpoints", """{"error":{"message":"This needs the role viewer.","code":"role_required"}}""", 403);

        (await _rig.RunAsync("endpoints", "list")).ShouldEndWith(ExitCodes.Denied).Error.Should().Contain("role viewer");
    }
}
