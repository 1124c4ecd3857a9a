using System.Text;
using System.Text.Json;

namespace Gateway.Process.Wire;

/// <summary>What callers, manifests and upstreams write ends up in no header line of its own.</summary>
public sealed class InjectionTests(WireGateway wire) : IClassFixture<WireGateway>
{
    private const string Injected = "wire\r\nX-Injected: yes\r\n\r\nHTTP/1.1 200 OK";

    [Theory]
    [InlineData(Injected)]
    [InlineData("wire\0")]
    [InlineData("w\u00efre\u2028")]
    public async Task A_models_name_is_data(string model)
    {
        wire.Upstream.ClearRequests();
        var body = JsonSerializer.Serialize(new { model, messages = Array.Empty<string>() });

        var answers = await wire.SendAsync(wire.Post(WireGateway.Length(body), body));

        answers.Statuses.Should().Equal(404);
        ExpectNothingInjected(answers);
        wire.Upstream.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("wire%0d%0aX-Injected:%20yes")]
    [InlineData("wire%00")]
    public async Task A_models_name_in_the_path_is_data(string model)
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Post(WireGateway.Length(WireGateway.Body), WireGateway.Body, $"/openai/deployments/{model}/chat/completions"));

        answers.Statuses.Should().ContainSingle().Which.Should().BeOneOf(400, 404);
        ExpectNothingInjected(answers);
        wire.Upstream.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("x-request-id: caf\u00c3\u00a9")]
    [InlineData("x-request-id: a b")]
    [InlineData("x-request-id: a\tb")]
    [InlineData("x-request-id: ")]
    [InlineData("x-request-id: a\r\nx-request-id: b")]
    public async Task A_callers_id_that_is_no_plain_word_is_not_echoed(string header)
    {
        var answers = await wire.SendAsync($"GET /health/live HTTP/1.1\r\nHost: localhost\r\n{header}\r\nConnection: close\r\n\r\n");

        answers.Statuses.Should().Equal(200);
        var ids = answers.Headers.Where(line => line.StartsWith("x-request-id:", StringComparison.OrdinalIgnoreCase)).Select(line => line.Split(':', 2)[1].Trim());
        Guid.TryParse(ids.Should().ContainSingle().Which, out _).Should().BeTrue("it is ours");
    }

    [Theory]
    [InlineData("openai-beta: a\u00e9")]
    [InlineData("idempotency-key: \u00ff")]
    [InlineData("anthropic-version: \u0080")]
    public async Task A_header_that_is_passed_on_has_printable_characters_only(string header)
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Post(WireGateway.Length(WireGateway.Body) + header + "\r\n", WireGateway.Body));

        answers.Statuses.Should().Equal(400);
        wire.Upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Headers_of_hops_and_callers_own_claims_do_not_reach_the_upstream()
    {
        wire.Upstream.ClearRequests();
        const string claims = "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\nX-Api-Key: mine\r\nCookie: a=b\r\nTE: trailers\r\nConnection: X-Drop\r\nX-Drop: 1\r\nProxy-Authorization: Basic eA==\r\nOpenAI-Project: p\r\n";

        var answers = await wire.SendAsync(wire.Post(WireGateway.Length(WireGateway.Body) + claims, WireGateway.Body));

        answers.Statuses.Should().Equal(200);
        wire.Upstream.Requests.Single().Headers.Select(header => header.Key.ToUpperInvariant())
            .Should().BeSubsetOf(["HOST", "CONTENT-TYPE", "CONTENT-LENGTH", "AUTHORIZATION", "ACCEPT", "ACCEPT-ENCODING"]);
    }

    [Theory]
    [InlineData("x-request-id: up\u00e9")]
    [InlineData("x-request-id: a b\tc")]
    [InlineData("retry-after: 1\u00e9")]
    [InlineData("openai-processing-ms: 5\u00e95")]
    [InlineData("content-type: application/json; x=\u00e9")]
    [InlineData("set-cookie: a=b")]
    [InlineData("location: http://evil.example.org/")]
    [InlineData("x-gateway-request-id: forged")]
    [InlineData("x-gateway-model: forged")]
    [InlineData("access-control-allow-origin: *")]
    [InlineData("server: evil")]
    [InlineData("x-fold: a\r\n b")]
    [InlineData("x-request-id: a\0b")]
    [InlineData("content-length: 7")]
    [InlineData("connection: close, x-request-id")]
    public async Task What_an_upstream_writes_into_its_headers_is_no_header_of_ours(string header)
    {
        wire.Upstream.Reply = exchange => exchange.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{header}\r\nContent-Length: {OpenAiBodies.Chat("wire").Length}\r\n\r\n{OpenAiBodies.Chat("wire")}"));
        try
        {
            var answers = await wire.SendAsync(wire.Post(WireGateway.Length(WireGateway.Body), WireGateway.Body));

            answers.Statuses.Should().ContainSingle();
            answers.Headers.Should().OnlyContain(line => line.All(letter => letter >= ' ' && letter <= '~'));
            answers.Headers.Should().NotContain(line => line.Contains("forged", StringComparison.Ordinal) || line.Contains("evil", StringComparison.Ordinal)
                || line.StartsWith("set-cookie", StringComparison.OrdinalIgnoreCase) || line.StartsWith("access-control", StringComparison.OrdinalIgnoreCase));
        }
        finally
        {
            wire.Upstream.Reply = Replies.OpenAi();
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 999999 OK\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    [InlineData("ICY 200 OK\r\n\r\n{}")]
    public async Task An_answer_that_is_not_http_is_a_bad_gateway(string answer)
    {
        wire.Upstream.Reply = async exchange =>
        {
            await exchange.WriteAsync(Encoding.Latin1.GetBytes(answer));
            exchange.Finish();
        };
        try
        {
            var answers = await wire.SendAsync(wire.Post(WireGateway.Length(WireGateway.Body), WireGateway.Body));

            answers.Statuses.Should().ContainSingle().Which.Should().BeGreaterThanOrEqualTo(500);
        }
        finally
        {
            wire.Upstream.Reply = Replies.OpenAi();
        }
    }

    [Fact]
    public async Task An_answer_that_nobody_asked_for_is_given_to_nobody()
    {
        var (asked, unasked) = (OpenAiBodies.Chat("wire", "asked"), OpenAiBodies.Chat("wire", "unasked"));
        wire.Upstream.Reply = exchange => exchange.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Length: {asked.Length}\r\n\r\n{asked}HTTP/1.1 200 OK\r\nContent-Length: {unasked.Length}\r\n\r\n{unasked}");
        try
        {
            for (var call = 0; call < 5; call++)
            {
                var answers = await wire.SendAsync(wire.Post(WireGateway.Length(WireGateway.Body), WireGateway.Body));

                answers.Text.Should().NotContain("unasked");
            }
        }
        finally
        {
            wire.Upstream.Reply = Replies.OpenAi();
        }
    }

    private static void ExpectNothingInjected(WireAnswers answers) =>
        answers.Headers.Should().NotContain(header => header.StartsWith("X-Injected", StringComparison.OrdinalIgnoreCase));
}
