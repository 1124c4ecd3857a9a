using System.IO.Compression;
using System.Net;
using System.Text;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class RejectedRequestTests
{
    private const string Broken = """{"model":"m","messages":[],"temperature":"hot"}""";

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task A_client_whose_requests_are_rejected_does_not_keep_a_failing_entry_in_use(int rejection)
    {
        await using var bad = ScriptedUpstream.Start(exchange => Replies.Status(exchange.Request.BodyText == Broken ? rejection : 500)(exchange));
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(bad, good));
        var entry = gateway.Routing.Endpoints.Single(endpoint => endpoint.Id == "a");

        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            using var rejected = await gateway.PostAsync(Calls.ChatPath, Broken);
            using var rejectedAgain = await gateway.PostAsync(Calls.ChatPath, Broken);
            using var answered = await gateway.ChatAsync();

            ((int)rejected.StatusCode).Should().Be(rejection);
            answered.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        entry.Health.TrippedUntil.Should().NotBeNull();
        entry.InFlight.Should().Be(0);
        entry.Estimate.Should().BeNull("an error's answer is no measure of speed");
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("br", true)]
    public async Task A_rejection_in_an_encoding_that_was_not_asked_for_is_told_in_our_words(string encoding, bool stream)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write("""{"error":{"message":"sk-account-a-0123456789 cannot use stream_options"}}"""u8);
        }

        await using var upstream = ScriptedUpstream.Start(Replies.Bytes(400, "application/json", packed.ToArray(), ("Content-Encoding", encoding)));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync(stream);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentEncoding.Should().BeEmpty();
        (await response.ErrorCodeAsync()).Should().Be("upstream_rejected");
    }

    [Fact]
    public async Task A_rejection_that_says_it_is_not_encoded_is_passed_on()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(400, OpenAiBodies.Error("no", code: "theirs"), ("Content-Encoding", "Identity")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        (await response.ErrorCodeAsync()).Should().Be("theirs");
    }

    [Theory]
    [InlineData(422, 70_000, false, false)]
    [InlineData(422, 70_000, true, false)]
    [InlineData(400, 1_000_000, false, true)]
    [InlineData(400, 1_000_000, true, false)]
    public async Task A_rejection_that_echoes_a_large_request_is_passed_on_unchanged(int status, int echoed, bool chunked, bool stream)
    {
        var body = Echo(echoed);
        await using var upstream = ScriptedUpstream.Start(Rejection(status, body, chunked));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync(stream);

        ((int)response.StatusCode).Should().Be(status);
        (await response.TextAsync()).Should().Be(body);
    }

    [Theory]
    [InlineData(422, 1_100_000, "", false)]
    [InlineData(422, 1_100_000, "", true)]
    [InlineData(422, 900_000, "sk-account-a-0123456789", false)]
    [InlineData(422, 900_000, "sk-account-a-0123456789", true)]
    [InlineData(422, 900_000, "sk-account-a\\u002d0123456789", false)]
    public async Task A_rejection_that_is_too_large_or_ends_with_a_key_is_told_in_our_words(int status, int echoed, string ending, bool chunked)
    {
        await using var upstream = ScriptedUpstream.Start(Rejection(status, Echo(echoed, ending), chunked));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        ((int)response.StatusCode).Should().Be(status);
        (await response.ErrorCodeAsync()).Should().Be("upstream_rejected");
    }

    /// <summary>As FastAPI words it.</summary>
    private static string Echo(int size, string ending = "") =>
        $$"""{"detail":[{"type":"missing","loc":["body","x"],"msg":"Field required","input":"{{new string('a', size)}}{{ending}}"}]}""";

    private static UpstreamReply Rejection(int status, string body, bool chunked) => !chunked ? Replies.Json(status, body) : async exchange =>
    {
        await exchange.WriteAsync($"HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var piece in Encoding.UTF8.GetBytes(body).Chunk(30_000))
        {
            await exchange.WriteChunkAsync(piece);
        }

        await exchange.WriteAsync("0\r\n\r\n");
    };
}
