using System.Net;
using System.Text;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>Upstreams that state more than one end of a body, or none that can be read (RFC 9112, 6.3).</summary>
public sealed class FramingTests
{
    private static readonly string Json = OpenAiBodies.Chat("m");

    public static TheoryData<string, bool> ContradictoryLengths
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var head in (string[])[
                $"Content-Length: 3\r\nContent-Length: {Json.Length}",
                $"Content-Length: {Json.Length}\r\nContent-Length: 3",
                $"Content-Length: 0\r\nContent-Length: {Json.Length}",
                $"Content-Length: {Json.Length}, 3",
                $"Content-Length: 3\r\nContent-Length: many",
                $"Content-Length: +{Json.Length}",
                $"Content-Length: 3\r\nTransfer-Encoding: gzip",
                $"Transfer-Encoding: gzip\r\nConnection: close"])
            {
                rows.Add(head, false);
                rows.Add(head, true);
            }

            return rows;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chunks_count_and_not_a_length_beside_them(bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(async exchange =>
        {
            await exchange.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n");
            foreach (var piece in Encoding.UTF8.GetBytes(Json).Chunk(16))
            {
                await exchange.WriteChunkAsync(piece);
            }

            await exchange.WriteAsync("0\r\n\r\n");
        });
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync(stream);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        (await response.TextAsync()).Should().Be(Json);
    }

    [Theory]
    [MemberData(nameof(ContradictoryLengths))]
    public async Task A_body_whose_end_cannot_be_known_fails_over(string head, bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(Reply("200 OK", head));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync(stream);

        (await response.TextAsync()).Should().Contain(stream ? "[DONE]" : "Hello!");
        response.Attempts().Should().Be("2");
        gateway.Routing.Endpoints.Single(endpoint => endpoint.Id == "a").Outcomes.Take()!.Runs.Single().Failure.Should().Be(UpstreamFailure.ProtocolError);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_same_length_twice_is_one(bool stream)
    {
        await using var upstream = ScriptedUpstream.Start(Reply("200 OK", $"Content-Length: {Json.Length}\r\nContent-Length: {Json.Length}"));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync(stream);

        response.Content.Headers.ContentLength.Should().Be(Json.Length);
        (await response.TextAsync()).Should().Be(Json);
    }

    [Fact]
    public async Task Half_of_a_body_that_only_its_connection_ends_is_none_by_whatever_name()
    {
        await using var upstream = ScriptedUpstream.Start(Reply("200 OK", "Transfer-Encoding: identity", half: true));
        await using var other = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.InOrder(upstream, other));

        using var response = await gateway.ChatAsync();

        (await response.TextAsync()).Should().Contain("Hello!");
        response.Attempts().Should().Be("2");
    }

    [Fact]
    public async Task A_status_says_enough_where_its_body_has_no_known_end()
    {
        await using var upstream = ScriptedUpstream.Start(Reply("422 No", $"Content-Length: 3\r\nContent-Length: {Json.Length}"));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync();

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await response.TextAsync()).Should().NotStartWith(Json[..3] + "\"").And.Contain("error");
    }

    private static UpstreamReply Reply(string status, string head, bool half = false) => async exchange =>
    {
        await exchange.WriteAsync($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{head}\r\n\r\n{(half ? Json[..^9] : Json)}");
        exchange.Finish();
    };
}
