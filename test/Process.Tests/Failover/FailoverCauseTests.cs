using System.Net.Security;
using Gateway.Process.Rigs;

namespace Gateway.Process.Failover;

/// <summary>Every way to fail before the first byte. A gateway each for unary calls and streams: one node's retries are bounded.</summary>
public abstract class FailoverCauseTests(SharedGateway shared, bool stream)
{
    protected const string ErrorBody = """{"error":{"message":"overloaded","type":"server_error","param":null,"code":"overloaded"}}""";

    private static readonly Dictionary<string, UpstreamReply> Causes = new()
    {
        ["reset"] = Replies.Reset(),
        ["close without answer"] = Replies.Close(),
        ["500"] = Replies.Status(500),
        ["502"] = Replies.Status(502),
        ["503"] = Replies.Status(503),
        ["503 with Retry-After"] = Replies.Status(503, ("Retry-After", "3")),
        ["429"] = Replies.Status(429, ("Retry-After", "3")),
        ["408"] = Replies.Status(408),
        ["401"] = Replies.Status(401),
        ["403"] = Replies.Status(403),
        ["200 with an error body"] = Replies.Json(200, ErrorBody),
    };

    public static TheoryData<string> EveryCause() => [.. Causes.Keys];

    [Theory, MemberData(nameof(EveryCause))]
    public async Task A_failing_upstream_is_replaced_by_the_other(string cause)
    {
        await using var bad = ScriptedUpstream.Start(Causes[cause]);
        await ExpectOtherAsync(bad.Url);
        bad.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_refused_connection_is_replaced_by_the_other() =>
        await ExpectOtherAsync($"http://127.0.0.1:{FreePort.Next()}/v1");

    [Fact]
    public async Task Failing_TLS_is_replaced_by_the_other()
    {
        await using var plainText = ScriptedUpstream.Start();
        await ExpectOtherAsync($"https://127.0.0.1:{plainText.Port}/v1");
        plainText.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task An_untrusted_certificate_is_replaced_by_the_other_and_gets_no_request()
    {
        using var stranger = new Testing.Tls.TestAuthority();
        SslServerAuthenticationOptions tls = stranger.Server("127.0.0.1");
        await using var untrusted = ScriptedUpstream.Start(tls: tls);
        await ExpectOtherAsync(untrusted.Url);
        untrusted.Requests.Should().BeEmpty();
    }

    protected async Task ExpectOtherAsync(string badUrl)
    {
        await using var good = ScriptedUpstream.Start(Replies.OpenAi("from the other"));
        var model = await shared.PublishInOrderAsync(badUrl, good.Url);

        using var response = await shared.Gateway.ChatAsync(model, stream);

        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.Should().Be(HttpStatusCode.OK, "the answer is {0}", body);
        response.Header("x-gateway-attempts").Should().Be("2");
        body.Should().NotContain("error");
        body.Should().EndWith(stream ? OpenAiBodies.Done : OpenAiBodies.Chat(model, "from the other"));
        good.Requests.Should().ContainSingle();
    }
}

public sealed class UnaryFailoverTests(SharedGateway shared) : FailoverCauseTests(shared, stream: false), IClassFixture<SharedGateway>;

public sealed class StreamFailoverTests(SharedGateway shared) : FailoverCauseTests(shared, stream: true), IClassFixture<SharedGateway>
{
    [Fact]
    public async Task A_stream_whose_headers_do_not_come_is_replaced_by_the_other()
    {
        await using var hanging = ScriptedUpstream.Start(Replies.Hang());
        await ExpectOtherAsync(hanging.Url);
        await hanging.Requests.Single().ClientClosed.WaitAsync(Eventually.DefaultBound);
    }

    [Fact]
    public async Task A_stream_whose_first_event_is_an_error_is_replaced_by_the_other()
    {
        await using var bad = ScriptedUpstream.Start(StreamReplies.Events($"data: {ErrorBody}\n\n", OpenAiBodies.Done));
        await ExpectOtherAsync(bad.Url);
    }
}
