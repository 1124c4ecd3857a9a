using System.Text;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class PassThroughTests
{
    [Theory]
    [InlineData(400, false)]
    [InlineData(400, true)]
    [InlineData(404, false)]
    [InlineData(404, true)]
    [InlineData(409, false)]
    [InlineData(413, false)]
    [InlineData(418, false)]
    [InlineData(422, true)]
    public async Task The_callers_own_error_is_passed_on_after_one_attempt(int status, bool stream)
    {
        const string body = """{ "error" : {"message":"no \u00e9","type":"invalid_request_error","zzz":1e400} }""";
        await using var upstream = ScriptedUpstream.Start(Replies.Bytes(status, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(body), ("x-request-id", "req_1"), ("x-secret", "no")));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync(stream);

        ((int)response.StatusCode).Should().Be(status);
        (await response.TextAsync()).Should().Be(body);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json; charset=utf-8");
        response.Attempts().Should().Be("1");
        response.Header("x-upstream-request-id").Should().Be("req_1");
        response.Header("x-secret").Should().BeNull();
        response.Header("x-should-retry").Should().BeNull();
        other.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("sk-account-a-0123456789")]
    [InlineData("SK-ACCOUNT-A-0123456789")]
    [InlineData("sk\\u002daccount-a-0123456789")]
    [InlineData("http://127.0.0.1/v1")]
    [InlineData("account-a")]
    public async Task An_error_that_gives_a_secret_away_is_replaced(string leak)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(422, $$$"""{"error":{"message":"bad {{{leak}}} here"}}"""));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        ((int)response.StatusCode).Should().Be(422);
        (await response.ErrorCodeAsync()).Should().Be("upstream_rejected");
        (await response.TextAsync()).Should().NotContain("bad");
    }

    [Fact]
    public async Task An_error_too_large_to_be_checked_is_replaced()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(400, $$$"""{"error":{"message":"{{{new string('x', 1_100_000)}}}"}}"""));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        ((int)response.StatusCode).Should().Be(400);
        (await response.ErrorCodeAsync()).Should().Be("upstream_rejected");
    }

    [Fact]
    public async Task A_caller_who_writes_about_quotas_does_not_exhaust_one()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(400, OpenAiBodies.Error("what is insufficient_quota?", "invalid_request_error", "bad")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        ((int)response.StatusCode).Should().Be(400);
        (await response.ErrorCodeAsync()).Should().Be("bad");
    }
}
