namespace Gateway.Process.Wire;

/// <summary>Two readers of one byte stream must never see two different requests.</summary>
public sealed class SmugglingTests(WireGateway wire) : IClassFixture<WireGateway>
{
    private const string Hidden = "GET /admin/keys HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private static string Body => WireGateway.Body;

    public static TheoryData<string, string> Framings()
    {
        var length = WireGateway.Length(Body);
        var chunk = $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n";
        return new TheoryData<string, string>
        {
            { "Content-Length: 5\r\nContent-Length: 6\r\n", Body },
            { length + "Content-Length: 0\r\n", Body },
            { "Content-Length: 5, 6\r\n", Body },
            { "Content-Length: -1\r\n", Body },
            { "Content-Length: 0x10\r\n", Body },
            { "Content-Length: 99999999999999999999\r\n", Body },
            { "Content-Length: 5 6\r\n", Body },
            { "Content-Length : 5\r\n", Body },
            { "Transfer-Encoding: chunked, identity\r\n", chunk },
            { "Transfer-Encoding: gzip\r\n", chunk },
            { "Transfer-Encoding: xchunked\r\n", chunk },
            { "Transfer-Encoding : chunked\r\n", chunk },
            { "Transfer-Encoding:\r\n chunked\r\n", chunk },
            { "Transfer-Encoding: chunked\r\n", "zz\r\n" + Body },
            { "Transfer-Encoding: chunked\r\n", "-5\r\n" + Body },
            { "Transfer-Encoding: chunked\r\n", $"{Body.Length:x}\n{Body}\n0\n\n" },
            { "Transfer-Encoding: chunked\r\n", "ffffffffffffffff1\r\n" + Body },
            { "Transfer-Encoding: chunked\r\n", $"{Body.Length:x}\r\n{Body}xx0\r\n\r\n" },
            { length + "X-Folded: a\r\n b\r\n", Body },
            { length + " X-Leading: a\r\n", Body },
            { length + "X-Nul: a\0b\r\n", Body },
            { length + "X-\0: a\r\n", Body },
            { length + "X-Bare: a\rb\r\n", Body },
            { length + "X Space: a\r\n", Body },
            { length + "X-None\r\n", Body },
            { length + ": nameless\r\n", Body },
            { length + "X-Many: a\r\n" + string.Concat(Enumerable.Range(0, 101).Select(n => $"X-{n}: a\r\n")), Body },
            { length + "X-Huge: " + new string('a', 40_000) + "\r\n", Body },
        };
    }

    [Theory, MemberData(nameof(Framings))]
    public async Task A_request_that_two_readers_could_take_for_different_ones_is_refused_and_ends_its_connection(string lines, string body)
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Kept(lines, body + Hidden));

        answers.Statuses.Should().ContainSingle("what follows must not be read as a request: {0}", answers.Text).Which.Should().BeInRange(400, 499);
        wire.Upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task With_both_framings_the_chunks_count_and_the_connection_ends()
    {
        wire.Upstream.ClearRequests();

        // RFC 9112, 6.3: a reader that goes by the length would see the hidden request.
        var answers = await wire.SendAsync(wire.Kept($"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n" + Hidden));

        answers.Statuses.Should().ContainSingle();
        wire.Upstream.Requests.Should().HaveCountLessThanOrEqualTo(1);
        wire.Upstream.Requests.Should().OnlyContain(request => request.BodyText == Body && request["Transfer-Encoding"] == null);
    }

    [Fact]
    public async Task Chunks_with_extensions_and_trailers_reach_the_upstream_as_the_body_alone()
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Post("Transfer-Encoding: chunked\r\nTrailer: X-Late\r\n", $"{Body.Length:x};a=b\r\n{Body}\r\n0\r\nX-Late: GET /admin\r\n\r\n"));

        answers.Statuses.Should().Equal(200);
        var received = wire.Upstream.Requests.Should().ContainSingle().Which;
        received.BodyText.Should().Be(Body);
        received.Headers.Select(header => header.Key.ToUpperInvariant()).Should().NotContain(["TRAILER", "X-LATE", "TRANSFER-ENCODING"]);
    }

    [Fact]
    public async Task Requests_one_after_the_other_stay_apart()
    {
        wire.Upstream.ClearRequests();

        var one = wire.Kept(WireGateway.Length(Body), Body);
        var answers = await wire.SendAsync(one + one + Hidden);

        answers.Statuses.Should().Equal(200, 200, 401);
        wire.Upstream.Requests.Should().HaveCount(2).And.OnlyContain(request => request.BodyText == Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Host: a\r\nHost: b\r\n")]
    [InlineData("Host: user@localhost\r\n")]
    [InlineData("Host: local host\r\n")]
    [InlineData("Host: local/host\r\n")]
    [InlineData("Host: localhost:port\r\n")]
    public async Task A_host_that_is_missing_double_or_none_is_refused(string host)
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Kept(WireGateway.Length(Body), Body + Hidden, host: host));

        answers.Statuses.Should().ContainSingle().Which.Should().Be(400);
        wire.Upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task The_upstreams_host_is_never_the_callers()
    {
        wire.Upstream.ClearRequests();

        await wire.SendAsync(wire.Kept(WireGateway.Length(Body) + "Connection: close\r\n", Body, host: "Host: evil.example.org\r\n"));

        wire.Upstream.Requests.Should().ContainSingle().Which["Host"].Should().Be($"127.0.0.1:{wire.Upstream.Port}");
    }

    [Fact]
    public async Task The_absolute_form_is_the_same_request()
    {
        wire.Upstream.ClearRequests();

        var answers = await wire.SendAsync(wire.Post(WireGateway.Length(Body), Body, "http://localhost/v1/chat/completions"));

        answers.Statuses.Should().Equal(200);
        wire.Upstream.Requests.Should().ContainSingle().Which.Target.Should().Be("/v1/chat/completions");
    }
}
