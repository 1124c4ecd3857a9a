using System.Text;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class UpstreamRequestTests
{
    [Fact]
    public async Task An_upstream_sees_the_listed_headers_and_nothing_else_of_the_caller()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At(upstream) with { ForwardHeaders = ["x-tenant", "Authorization", "cookie", "host"] });

        using var response = await gateway.PostAsync(
            Calls.ChatPath,
            Calls.ChatBody(),
            ("Authorization", "Bearer caller-key"),
            ("x-api-key", "caller-key"),
            ("Cookie", "a=b"),
            ("User-Agent", "curl"),
            ("x-request-id", "mine"),
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("x-forwarded-for", "1.2.3.4"),
            ("Accept", "application/json"),
            ("OpenAI-Beta", "assistants=v2"),
            ("Idempotency-Key", "k-1"),
            ("x-tenant", "t-1"),
            ("Content-Type", "application/x-www-form-urlencoded"));

        response.EnsureSuccessStatusCode();
        var seen = upstream.Requests.Single();
        seen.Headers.Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}").Should().BeEquivalentTo(
        [
            $"host: 127.0.0.1:{upstream.Port}",
            "authorization: Bearer sk-account-a-0123456789",
            "accept: application/json",
            "accept-encoding: identity",
            "openai-beta: assistants=v2",
            "idempotency-key: k-1",
            "x-tenant: t-1",
            "content-type: application/json",
            $"content-length: {Calls.ChatBody().Length}",
        ]);
    }

    [Theory]
    [InlineData("application/json; charset=utf-7", "application/json")]
    [InlineData("application/json; charset=utf-16", "application/json")]
    [InlineData("application/json; charset=utf-8; charset=utf-16", "application/json")]
    [InlineData("application/json; charset=UTF-8", "application/json; charset=utf-8")]
    public async Task No_charset_lets_an_upstream_read_the_body_in_another_way_than_it_was_checked(string contentType, string sent)
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), ("Content-Type", contentType));

        response.EnsureSuccessStatusCode();
        upstream.Requests.Single()["content-type"].Should().Be(sent);
    }

    [Fact]
    public async Task The_entrys_own_headers_win_over_the_callers()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream) with
        {
            Auth = UpstreamAuth.ApiKey,
            Headers = Entries.At(upstream).Headers.Add("anthropic-beta", "ours").Add("Content-Type", "application/vnd.own+json"),
            Query = Entries.At(upstream).Query.Add("api-version", "2024-10-21"),
        });

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), ("anthropic-beta", "theirs"));

        var seen = upstream.Requests.Single();
        seen["anthropic-beta"].Should().Be("ours");
        seen["content-type"].Should().Be("application/vnd.own+json");
        seen["api-key"].Should().Be("sk-account-a-0123456789");
        seen["authorization"].Should().BeNull();
        seen.Target.Should().Be("/v1/chat/completions?api-version=2024-10-21");
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"\u00e9\/ é 😀"}],"seed":12345678901234567890123,"x":1e400,"a":1,"a":2,  "z":null }""")]
    [InlineData("\n {\"messages\":[],\t\"model\" : \"m\", \"\\u0078\": [ ] } \r\n")]
    public async Task Bodies_reach_the_upstream_byte_for_byte(string body)
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync(Calls.ChatPath, body);

        response.EnsureSuccessStatusCode();
        upstream.Requests.Single().Body.Should().Equal(Encoding.UTF8.GetBytes(body));
    }

    [Fact]
    public async Task An_alias_is_replaced_and_nothing_else()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At(upstream) with { Aliases = Entries.At(upstream).Aliases.Add("m", "org/\"real\" é") });

        using var response = await gateway.PostAsync(Calls.ChatPath, """{"x":"m", "model" : "m" ,"messages":[]}""");

        upstream.Requests.Single().BodyText.Should().Be("""{"x":"m", "model" : "org/\u0022real\u0022 \u00E9" ,"messages":[]}""");
        response.Header("x-gateway-model").Should().Be("m");
    }

    [Theory]
    [InlineData("""{"messages":[]}""", """{"model":"m","messages":[]}""")]
    [InlineData("""{"messages":[],"model":"other"}""", """{"messages":[],"model":"m"}""")]
    [InlineData("""{"messages":[],"model":"m"}""", """{"messages":[],"model":"m"}""")]
    public async Task The_model_of_an_azure_path_wins(string body, string sent)
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync("/openai/deployments/m/chat/completions?api-version=2024-10-21", body);

        response.EnsureSuccessStatusCode();
        upstream.Requests.Single().BodyText.Should().Be(sent);
        upstream.Requests.Single().Target.Should().Be("/v1/chat/completions", "the caller's query is the caller's");
    }

    [Fact]
    public async Task A_large_body_arrives_whole()
    {
        var body = $$"""{"model":"m","messages":[{"role":"user","content":"{{new string('x', 5_000_000)}}"}]}""";
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync(Calls.ChatPath, body);

        response.EnsureSuccessStatusCode();
        upstream.Requests.Single().BodyText.Should().Be(body);
    }

    [Fact]
    public async Task Connections_are_kept_and_used_again()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        for (var call = 0; call < 20; call++)
        {
            using var response = await gateway.ChatAsync(stream: call % 2 == 0);
            await response.TextAsync();
        }

        upstream.ConnectionCount.Should().BeLessThan(5);
    }
}
