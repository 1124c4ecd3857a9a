using System.IO.Compression;
using System.Net;
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
}
