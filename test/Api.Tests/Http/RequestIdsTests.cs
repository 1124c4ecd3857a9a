using Gateway.Api.Http;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Http;

public sealed class RequestIdsTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("req-1:2/3~!")]
    public async Task The_callers_id_is_echoed_and_ours_is_another(string id)
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var first = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), (GatewayHeaders.RequestId, id));
        using var second = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), (GatewayHeaders.RequestId, id));

        first.Header(GatewayHeaders.RequestId).Should().Be(id);
        second.Header(GatewayHeaders.RequestId).Should().Be(id);
        var ours = new[] { first, second }.Select(response => response.Header(GatewayHeaders.GatewayRequestId)!).ToArray();
        ours.Should().OnlyHaveUniqueItems().And.OnlyContain(text => Guid.Parse(text).Version == 7);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("tab\there")]
    public async Task Anything_else_than_a_token_is_replaced_by_ours(string id)
    {
        await using var gateway = await TestGateway.StartAsync();

        using var response = await gateway.SendAsync(HttpMethod.Get, "/known", null, (GatewayHeaders.RequestId, id));

        response.Header(GatewayHeaders.RequestId).Should().Be(response.Header(GatewayHeaders.GatewayRequestId)).And.NotBeNullOrEmpty();
    }

    [Fact]
    public async Task Refusals_have_ids_too()
    {
        await using var gateway = await TestGateway.StartAsync();

        using var response = await gateway.SendAsync(HttpMethod.Get, "/nowhere", null, (GatewayHeaders.RequestId, new string('x', 129)));

        response.Header(GatewayHeaders.GatewayRequestId).Should().NotBeNullOrEmpty();
        response.Header(GatewayHeaders.RequestId).Should().Be(response.Header(GatewayHeaders.GatewayRequestId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Routed_answers_tell_how_they_came_about_and_nothing_of_the_upstream(bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(exchange => stream
            ? exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Request-Id: up-1\r\nServer: nginx\r\nSet-Cookie: a=b\r\nContent-Length: 14\r\n\r\ndata: [DONE]\n\n")
            : Replies.Json(200, OpenAiBodies.Chat("m"), ("X-Request-Id", "up-1"), ("Server", "nginx"), ("Set-Cookie", "a=b"), ("openai-processing-ms", "777777"))(exchange));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync(stream);

        response.Header("x-upstream-request-id").Should().Be("up-1");
        response.Header("x-gateway-attempts").Should().Be("1");
        response.Header("x-gateway-model").Should().Be("m");
        response.Header("x-gateway-overhead-ms").Should().MatchRegex(@"^\d+\.\d\d$");
        response.Header("openai-processing-ms").Should().MatchRegex(@"^\d{1,5}$");
        var names = response.Headers.NonValidated.Select(header => header.Key.ToLowerInvariant());
        names.Should().NotContain("set-cookie");
        response.Header("Server").Should().NotBe("nginx");
    }
}
