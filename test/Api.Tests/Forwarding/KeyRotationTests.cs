using System.Net;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class KeyRotationTests
{
    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_refused_key_is_followed_by_the_accounts_older_one(int status)
    {
        await using var upstream = ScriptedUpstream.Start(exchange =>
            (exchange.Request["authorization"] == "Bearer sk-newer-0123456789" ? Replies.Status(status) : Replies.OpenAi())(exchange));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream) with { EndpointId = "with-2keys" });

        using var first = await gateway.ChatAsync();
        using var second = await gateway.ChatAsync();

        first.StatusCode.Should().Be(HttpStatusCode.OK);
        first.Attempts().Should().Be("2");
        second.Attempts().Should().Be("1", "the refused key is known by now");
    }

    [Fact]
    public async Task Keys_of_one_entry_are_no_entries_that_were_tried()
    {
        await using var twoKeys = ScriptedUpstream.Start(exchange =>
            Replies.Status(exchange.Request["authorization"] == "Bearer sk-newer-0123456789" ? 401 : 429, ("Retry-After", "40"))(exchange));
        await using var limited = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "50")));
        await using var free = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At(twoKeys, "a") with { EndpointId = "with-2keys" }, Entries.At(limited, "b", priority: 1), Entries.At(free, "c", priority: 2));

        using var response = await gateway.ChatAsync();

        response.Attempts().Should().Be("3");
        response.Header("x-should-retry").Should().Be("false", "an entry is left: who comes again at once is served");
        free.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task No_key_is_in_any_log_line()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(401, OpenAiBodies.Error("Incorrect API key provided: sk-newer-0123456789")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream) with { EndpointId = "with-2keys" });

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), ("x-request-id", "client-1"), ("Authorization", "Bearer caller-secret"));

        (await response.TextAsync()).Should().NotContain("sk-");
        gateway.Log.Lines.Should().HaveCount(3, "two attempts and one answer");
        gateway.Log.Lines.Should().NotContain(line => line.Contains("sk-", StringComparison.Ordinal) || line.Contains("caller-secret", StringComparison.Ordinal));
        gateway.Log.Lines.Should().ContainSingle(line => line.Contains("client_request_id client-1", StringComparison.Ordinal)
            && line.Contains("user:local/alice", StringComparison.Ordinal) && line.Contains("502 upstream_auth", StringComparison.Ordinal));
    }
}
