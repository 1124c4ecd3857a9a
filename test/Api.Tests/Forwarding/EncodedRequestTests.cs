using System.Text;
using Gateway.Api.Http.Encodings;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Api.Tests.Http.Encodings;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class EncodedRequestTests
{
    [Theory]
    [InlineData(ContentCoding.Gzip, false)]
    [InlineData(ContentCoding.Brotli, true)]
    [InlineData(ContentCoding.Deflate, false)]
    public async Task The_upstream_gets_the_plain_body_with_its_own_length(ContentCoding coding, bool stream)
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));
        var plain = Encoding.UTF8.GetBytes(Calls.ChatBody(stream));

        using var response = await gateway.SendAsync(HttpMethod.Post, Calls.ChatPath, Compressed.Apply(coding, plain), ("Content-Encoding", Compressed.Name(coding)));

        ((int)response.StatusCode).Should().Be(200);
        await response.TextAsync();
        var received = upstream.Requests.Single();
        received["Content-Encoding"].Should().BeNull();
        received["Content-Length"].Should().Be(received.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        received.Model.Should().Be(Entries.Model);
        if (!stream)
        {
            received.Body.Should().Equal(plain);
        }
    }

    [Fact]
    public async Task A_bomb_is_answered_413_and_reaches_no_upstream()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.SendAsync(HttpMethod.Post, Calls.ChatPath, Compressed.Bomb(1L << 28), ("Content-Encoding", "gzip"));

        ((int)response.StatusCode).Should().Be(413);
        (await response.ErrorCodeAsync()).Should().Be("request_too_large");
        upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_body_that_is_not_what_it_says_is_answered_400()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync(Calls.ChatPath, Calls.ChatBody(), ("Content-Encoding", "gzip"));

        ((int)response.StatusCode).Should().Be(400);
        (await response.ErrorCodeAsync()).Should().Be("invalid_encoding");
        upstream.Requests.Should().BeEmpty();
    }
}
