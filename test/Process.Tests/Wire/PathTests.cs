namespace Gateway.Process.Wire;

/// <summary>A path has one reading: nothing that a proxy in front would resolve otherwise reaches a route or an upstream.</summary>
public sealed class PathTests(WireGateway wire) : IClassFixture<WireGateway>
{
    private static string Body => WireGateway.Body;

    [Theory]
    [InlineData("/v1/../v1/chat/completions")]
    [InlineData("/v1/%2e%2e/v1/chat/completions")]
    [InlineData("/v1%2fchat%2fcompletions")]
    [InlineData("/v1%252fchat%252fcompletions")]
    [InlineData("/v1\\chat\\completions")]
    [InlineData("/v1/chat/completions%00")]
    [InlineData("/v1/chat/completions%0d%0aX:y")]
    [InlineData("/v1//chat/completions")]
    [InlineData("//v1/chat/completions")]
    [InlineData("/V1/chat/completions")]
    [InlineData("/v1/chat/completions/../../admin/keys")]
    [InlineData("/v1/chat/completions;x=/admin")]
    [InlineData("/openai/deployments/../chat/completions")]
    [InlineData("/openai/deployments/wire/../../chat/completions")]
    [InlineData("/resource_server/../v1/chat/completions")]
    public async Task No_other_spelling_of_a_path_is_the_route(string target)
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Post(WireGateway.Length(Body), Body, target));

        answers.Statuses.Should().ContainSingle().Which.Should().BeInRange(400, 499);
        wire.Upstream.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("/v1/chat/completions#fragment")]
    [InlineData("*")]
    [InlineData("/v1/chat/ completions")]
    public async Task A_request_line_that_is_none_is_refused(string target)
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Post(WireGateway.Length(Body), Body, target));

        answers.Statuses.Count.Should().BeLessThanOrEqualTo(1);
        answers.Statuses.Should().OnlyContain(status => status >= 400 && status < 500);
        wire.Upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task The_callers_query_does_not_reach_the_upstream()
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Post(WireGateway.Length(Body), Body, "/v1/chat/completions?api-version=1&x=%0d%0a"));

        answers.Statuses.Should().Equal(200);
        wire.Upstream.Requests.Should().ContainSingle().Which.Target.Should().Be("/v1/chat/completions");
    }

    [Theory]
    [InlineData("/admin/keys/..%2f..%2fendpoints")]
    [InlineData("/admin/endpoints/%2e%2e/keys")]
    [InlineData("/admin/endpoints/%00")]
    [InlineData("/admin/endpoints/a%0d%0aSet-Cookie:%20a=b")]
    [InlineData("/admin/keys/<script>")]
    [InlineData("/v1/models/%0d%0aSet-Cookie:%20a=b")]
    [InlineData("/v1/models/..%5c..%5cadmin")]
    [InlineData("/%0d%0aSet-Cookie:%20a=b")]
    public async Task Odd_names_in_paths_make_no_header_and_no_failure(string target)
    {
        var answers = await wire.SendAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {wire.Gateway.AdminKey}\r\nConnection: close\r\n\r\n");

        answers.Statuses.Should().ContainSingle().Which.Should().BeInRange(200, 499);
        answers.Headers.Should().NotContain(header => header.StartsWith("Set-Cookie", StringComparison.OrdinalIgnoreCase));
    }
}
