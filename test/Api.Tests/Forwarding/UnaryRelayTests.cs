using System.Net;
using System.Text;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class UnaryRelayTests
{
    private const string ChunkedHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_000)]
    public async Task Bodies_of_every_size_arrive_byte_for_byte_with_their_length(int size)
    {
        var body = Bytes(size);
        await using var upstream = ScriptedUpstream.Start(Replies.Bytes(200, "application/octet-stream", body));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        response.Content.Headers.ContentLength.Should().Be(size);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/octet-stream");
        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Should().Equal(body);
        response.Attempts().Should().Be("1");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public async Task Chunked_bodies_arrive_byte_for_byte(int size)
    {
        var body = Bytes(size);
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            await exchange.WriteAsync(ChunkedHead);
            foreach (var piece in body.Chunk(30_000))
            {
                await exchange.WriteChunkAsync(piece);
            }

            await exchange.WriteAsync("0\r\n\r\n");
        });
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Should().Equal(body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_cut_after_bytes_went_out_never_ends_cleanly(bool reset)
    {
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            await exchange.WriteAsync(ChunkedHead);
            await exchange.WriteChunkAsync(Bytes(100_000));
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, exchange.Stopping);
            if (reset)
            {
                exchange.Reset();
            }
            else
            {
                exchange.Finish();
            }
        });
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync();
        var read = () => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        (await read.Should().ThrowAsync<Exception>()).Which.Should().Match(failure => failure is HttpRequestException || failure is IOException);
        other.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"half""", false)]
    [InlineData("""{"choices":[{"message":{"content":"half""", true)]
    [InlineData("""{"choices":[]""", false)]
    [InlineData("", false)]
    [InlineData("\n \n", false)]
    public async Task Json_that_ends_with_its_connection_before_it_is_whole_fails_over(string half, bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            await exchange.WriteAsync($"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{half}");
            exchange.Finish();
        });
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync(stream);

        (await response.TextAsync()).Should().Contain(stream ? "[DONE]" : "Hello!");
        response.Attempts().Should().Be("2");
    }

    [Theory]
    [InlineData("Content-Length: 0\r\n\r\n", false)]
    [InlineData("Content-Length: 0\r\n\r\n", true)]
    [InlineData("Content-Length: 3\r\n\r\n \r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true)]
    public async Task An_answer_without_content_fails_over_however_its_end_is_told(string rest, bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(exchange => exchange.WriteAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{rest}"));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync(stream);

        (await response.TextAsync()).Should().Contain(stream ? "[DONE]" : "Hello!");
        response.Attempts().Should().Be("2");
        gateway.Routing.Endpoints.Single(endpoint => endpoint.Id == "a").Outcomes.Take()!.Runs.Single().Failure.Should().Be(UpstreamFailure.Cut);
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("gzip", true)]
    [InlineData("br", false)]
    public async Task An_answer_in_an_encoding_that_was_not_asked_for_fails_over(string encoding, bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Bytes(200, "application/json", Bytes(500), ("Content-Encoding", encoding)));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync(stream);

        (await response.TextAsync()).Should().Contain(stream ? "[DONE]" : "Hello!");
        response.Content.Headers.ContentEncoding.Should().BeEmpty();
        response.Attempts().Should().Be("2");
        gateway.Routing.Endpoints.Single(endpoint => endpoint.Id == "a").Outcomes.Take()!.Runs.Single().Failure.Should().Be(UpstreamFailure.ProtocolError);
    }

    [Fact]
    public async Task Whole_json_that_ends_with_its_connection_is_an_answer()
    {
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"choices\":[]}\n");
            exchange.Finish();
        });
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        (await response.TextAsync()).Should().Be("{\"choices\":[]}\n");
    }

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    public async Task A_status_without_a_body_needs_none_where_the_connection_is_its_end(int status)
    {
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            await exchange.WriteAsync($"HTTP/1.1 {status} Empty\r\nConnection: close\r\n\r\n");
            exchange.Finish();
        });
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        ((int)response.StatusCode).Should().Be(status);
        response.Attempts().Should().Be("1");
    }

    [Fact]
    public async Task Silence_in_a_body_is_bounded()
    {
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            await exchange.WriteAsync(ChunkedHead);
            await exchange.WriteChunkAsync("{"u8.ToArray());
            await exchange.UntilClientLeavesAsync();
        });
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream).WithTimeouts(idle: 0.2));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_who_leaves_closes_the_upstream(bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Hang());
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        using var leaving = new CancellationTokenSource();
        using var content = new StringContent(Calls.ChatBody(stream));

        var call = gateway.Client.PostAsync(Calls.ChatPath, content, leaving.Token);
        await Eventually.TrueAsync(() => upstream.Requests.Count == 1, "the upstream has the request");
        gateway.InFlight.Count.Should().Be(1);
        await leaving.CancelAsync();

        await upstream.Requests.Single().ClientClosed.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await call.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        await Eventually.TrueAsync(() => gateway.InFlight.Count == 0, "the request has ended");
        gateway.Routing.Endpoints.Single().InFlight.Should().Be(0);
        gateway.Log.Lines.Should().BeEmpty("a caller who leaves is no failure");
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    [Theory]
    [InlineData(204, 0, "identity")]
    [InlineData(204, 0, "gzip")]
    [InlineData(205, 0, "identity")]
    [InlineData(205, 5, "identity")]
    public async Task A_status_without_a_body_is_passed_on_without_one(int status, int sentAllTheSame, string encoding)
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Bytes(status, "application/json", Bytes(sentAllTheSame), ("Content-Encoding", encoding)));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        ((int)response.StatusCode).Should().Be(status);
        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();
    }
}
