using Gateway.Abstractions.Endpoints;
using static Gateway.Api.Tests.Streaming.UpstreamConnection;

namespace Gateway.Api.Tests.Streaming;

public sealed class BeginningTests
{
    private const string Json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData(CloseDelimited + "data: {\"error\":{\"code\":503}}\n\n")]
    [InlineData(CloseDelimited + ": queued\n\n\ufeff: still\n\ndata: {\"error\":{\"code\":503}}\n\ndata: [DONE]\n\n")]
    [InlineData(CloseDelimited + "event: error\r\ndata: overloaded\r\n\r\n")]
    [InlineData(CloseDelimited + "data:\n\ndata: \n\ndata: {\"error\":{\"code\":503}}\n\n")]
    [InlineData(CloseDelimited + "event: error\ndata:\n\n")]
    [InlineData(CloseDelimited + "{\"error\":{\"code\":503}}")]
    [InlineData(Json + "{\"error\":{\"code\":503}}")]
    public async Task An_error_in_a_200_is_not_relayed(string answer) => await ShouldFail(answer, UpstreamFailure.ErrorInSuccess);

    [Theory]
    [InlineData(CloseDelimited)]
    [InlineData(CloseDelimited + ": comment\n\n")]
    [InlineData(CloseDelimited + "data:\n\n")]
    [InlineData(CloseDelimited + "data: {\"choices\":[")]
    [InlineData(CloseDelimited + "{\"choices\":[]}")]
    [InlineData(Json)]
    [InlineData(Json + "{\"id\":\"c\",\"choices\":[{\"mess")]
    [InlineData(Json + "\ufeff{\"id\":\"c\"")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nda")]
    public async Task An_end_before_the_first_event_or_of_half_a_document_is_a_cut(string answer) => await ShouldFail(answer, UpstreamFailure.Cut);

    [Fact]
    public async Task An_encoding_that_was_not_asked_for_cannot_be_relayed() =>
        await ShouldFail("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\nxx", UpstreamFailure.ProtocolError);

    [Fact]
    public async Task A_broken_chunk_is_a_protocol_error() =>
        await ShouldFail("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", UpstreamFailure.ProtocolError);

    [Fact]
    public async Task A_first_event_larger_than_the_bound_is_relayed()
    {
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, "data: {\"error\":\"" + new string('x', 70_000) + "\"}\n\n");
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().NotBe(Ending.Clean);

        client.Head.Should().StartWith("HTTP/1.1 200");
        client.Body.Length.Should().Be(70_020, "the error is the upstream's own");
    }

    [Fact]
    public async Task The_end_of_a_response_as_its_first_event_is_an_answer()
    {
        await using var upstream = Cuts.Upstream(
            Cut.CleanEndWithoutMarker, "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_error\"}}}\n\n");
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/responses");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().StartWith("event: response.failed");
    }

    private static async Task ShouldFail(string answer, UpstreamFailure failure)
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(answer);
            connection.Fin();
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);

        client.Head.Should().StartWith("HTTP/1.1 502").And.Contain("Content-Type: application/json\r\n").And.NotContain("Cache-Control");
        client.Body.Should().Contain($"It failed: {failure}.");
        (await host.OutcomeAsync()).Failure.Should().Be(failure);
        host.Watch.Count.Should().Be(0);
    }
}
