using System.Net;
using Gateway.Api.Tests.Forwarding.Rig;

namespace Gateway.Api.Tests.Errors;

public sealed class JsonErrorsTests
{
    [Theory]
    [InlineData("GET", "/nowhere", 404, "not_found")]
    [InlineData("POST", "/v1/../v1/chat/completions/x", 404, "not_found")]
    [InlineData("POST", "/v1//chat/completions", 404, "not_found")]
    [InlineData("POST", "/v1/chat%2fcompletions", 404, "not_found")]
    [InlineData("POST", "/known", 405, "method_not_allowed")]
    [InlineData("GET", "/broken", 500, "internal_error")]
    public async Task What_no_handler_answered_is_answered_in_the_one_shape(string method, string path, int status, string code)
    {
        await using var gateway = await TestGateway.StartAsync();

        using var response = await gateway.SendAsync(new HttpMethod(method), path, null);

        ((int)response.StatusCode).Should().Be(status);
        var error = await response.ErrorAsync();
        error.GetProperty("code").GetString().Should().Be(code);
        error.GetProperty("message").GetString().Should().NotBeEmpty().And.NotContain("secret");
        error.TryGetProperty("param", out _).Should().BeTrue();
        if (status == 405)
        {
            response.Content.Headers.Allow.Should().Contain("GET");
        }
    }

    [Fact]
    public async Task Good_answers_are_left_alone()
    {
        await using var gateway = await TestGateway.StartAsync();

        using var response = await gateway.SendAsync(HttpMethod.Get, "/known", null);

        (await response.TextAsync()).Should().Be("here");
    }

    [Fact]
    public async Task Anthropics_clients_get_anthropics_shape()
    {
        await using var gateway = await TestGateway.StartAsync();

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), ("anthropic-version", "2023-06-01"));

        response.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await response.TextAsync()).Should().MatchRegex(
            $$$"""^\{"type":"error","error":\{"type":"overloaded_error","message":"[^"]+"\},"request_id":"{{{response.Header("x-gateway-request-id")}}}"\}$""");
    }
}
