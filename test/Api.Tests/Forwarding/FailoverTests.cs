using System.Net;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Tls;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class FailoverTests
{
    public static TheoryData<string, bool> Causes()
    {
        var causes = new TheoryData<string, bool>();
        foreach (var name in Bad.Keys)
        {
            causes.Add(name, false);
            causes.Add(name, true);
        }

        return causes;
    }

    private static readonly Dictionary<string, UpstreamReply> Bad = new()
    {
        ["reset before the answer"] = Replies.Reset(),
        ["closed before the answer"] = Replies.Close(),
        ["reset in a small body"] = Replies.ResetInBody(),
        ["not an HTTP answer"] = exchange => exchange.WriteAsync("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        ["redirect"] = Replies.Status(307, ("Location", "http://127.0.0.1:1/")),
        ["401"] = Replies.Status(401),
        ["402"] = Replies.Status(402),
        ["403"] = Replies.Status(403),
        ["407"] = Replies.Status(407),
        ["408"] = Replies.Status(408),
        ["421"] = Replies.Status(421),
        ["425"] = Replies.Status(425),
        ["429"] = Replies.Status(429, ("Retry-After", "7")),
        ["quota"] = Replies.Json(429, OpenAiBodies.Error("You exceeded your quota", "insufficient_quota", "insufficient_quota")),
        ["500"] = Replies.Status(500),
        ["502"] = Replies.Status(502),
        ["503"] = Replies.Status(503),
        ["504"] = Replies.Status(504),
        ["529"] = Replies.Status(529),
        ["error in a 200"] = Replies.Json(200, OpenAiBodies.Error("overloaded")),
    };

    [Theory]
    [InlineData(500, 401, "a-1")]
    [InlineData(500, 0, null)]
    [InlineData(500, 503, "b-1")]
    [InlineData(400, 0, "a-1")]
    [InlineData(401, 401, "b-1")]
    [InlineData(402, 401, "a-1")]
    public async Task The_upstreams_id_is_that_of_the_answer_that_the_caller_is_told_of(int first, int second, string? expected)
    {
        await using var one = ScriptedUpstream.Start(Replies.Status(first, ("x-request-id", "a-1")));
        await using var two = ScriptedUpstream.Start(second == 0 ? Replies.Reset() : Replies.Status(second, ("x-request-id", "b-1")));
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(one, two));

        using var response = await gateway.ChatAsync();

        response.IsSuccessStatusCode.Should().BeFalse();
        response.Header("x-upstream-request-id").Should().Be(expected);
    }

    [Theory]
    [MemberData(nameof(Causes))]
    public async Task The_caller_sees_one_clean_200_from_the_other_entry(string cause, bool stream)
    {
        await using var bad = ScriptedUpstream.Start(Bad[cause]);
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(bad, good));

        using var response = await gateway.ChatAsync(stream);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
        var text = await response.TextAsync();
        text.Should().Contain(stream ? "[DONE]" : "Hello!").And.NotContain("error");
        bad.Requests.Should().HaveCount(1);
        good.Requests.Should().HaveCount(1);
        good.Requests.Single().BodyText.Should().Contain("\"content\":\"hi\"", "the second upstream gets the same body");
        gateway.Log.Lines.Should().ContainSingle(line => line.Contains("attempt 1 at entry a failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_listening(bool stream)
    {
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At($"http://127.0.0.1:{FreePort.Next()}/v1"), Entries.At(good, "b", priority: 1));

        using var response = await gateway.ChatAsync(stream);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for()
    {
        using var authority = new TestAuthority();
        await using var bad = ScriptedUpstream.Start(tls: authority.Server("127.0.0.1"));
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(bad), Entries.At(good, "b", priority: 1));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
        bad.Requests.Should().BeEmpty();
        gateway.Log.Lines.Should().ContainSingle(line => line.Contains("TlsFailed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_local_address_is_never_dialled()
    {
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At("http://169.254.169.254/v1"), Entries.At(good, "b", priority: 1));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        gateway.Log.Lines.Should().ContainSingle(line => line.Contains("AddressRefused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stream_without_headers_within_first_byte_goes_elsewhere()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At(silent).WithTimeouts(firstByte: 0.2), Entries.At(good, "b", priority: 1));

        using var response = await gateway.ChatAsync(stream: true);

        (await response.TextAsync()).Should().Contain("[DONE]");
        response.Attempts().Should().Be("2");
        await silent.Requests.Single().ClientClosed.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_silent_unary_request_goes_nowhere_else_and_ends_at_total()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At(silent).WithTimeouts(firstByte: 0.1, total: 0.5), Entries.At(good, "b", priority: 1));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
        (await response.ErrorCodeAsync()).Should().Be("upstream_timeout");
        response.Attempts().Should().Be("1");
        good.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_silent_unary_request_goes_elsewhere_where_the_entry_allows_it()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At(silent).WithTimeouts(firstByte: 0.2) with { RetryUnary = true }, Entries.At(good, "b", priority: 1));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
    }

    [Fact]
    public async Task Three_attempts_are_the_most()
    {
        await using var first = ScriptedUpstream.Start(Replies.Status(500));
        await using var second = ScriptedUpstream.Start(Replies.Status(502));
        await using var third = ScriptedUpstream.Start(Replies.Status(504));
        await using var fourth = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(first, second, third, fourth));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout, "the last upstream said so");
        response.Attempts().Should().Be("3");
        response.Header("x-should-retry").Should().Be("false");
        response.Header("Retry-After").Should().Be("1");
        fourth.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task The_only_entry_gets_a_second_chance_when_its_connection_closed_before_the_answer()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Sequence(Replies.Reset(), Replies.OpenAi()));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("2");
    }

    [Fact]
    public async Task Another_entry_that_the_caller_may_not_use_is_no_way_out()
    {
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var forbidden = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(
            Entries.At(bad), Entries.At(forbidden, "b", priority: 1) with { AllowedGroups = ["local/others"] });

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        forbidden.Requests.Should().BeEmpty();
    }
}
