using Gateway.Abstractions.Endpoints;
using static Gateway.Api.Tests.Streaming.UpstreamConnection;

namespace Gateway.Api.Tests.Streaming;

public sealed class CutTests
{
    private const string Delta = """data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}""" + "\n\n";
    private const string Finish = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n";
    private const string Error = """data: {"error":{"message":"The endpoint of the model ended the stream before the answer was complete.","type":"server_error","param":null,"code":"stream_cut"}}""" + "\n\n";

    [Theory]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.FinInsideAChunk)]
    [InlineData(Cut.FinOfACloseDelimitedBody)]
    [InlineData(Cut.CleanEndWithoutMarker)]
    public async Task A_cut_stream_ends_with_an_error_event_and_without_its_last_chunk(Cut cut)
    {
        var received = new TaskCompletionSource();
        await using var upstream = Cuts.Upstream(cut, Delta, received.Task);
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync(Delta);
        received.SetResult();

        (await client.ReadToEndAsync()).Should().NotBe(Ending.Clean);

        client.Body.Should().Be(Delta + Error);
        (await host.OutcomeAsync()).Failure.Should().Be(UpstreamFailure.Cut);
        host.Watch.Count.Should().Be(0);
    }

    [Theory]
    [InlineData(Cut.Reset)]
    [InlineData(Cut.FinOfACloseDelimitedBody)]
    [InlineData(Cut.CleanEndWithoutMarker)]
    public async Task A_stream_whose_choices_have_all_finished_is_complete_however_it_ends(Cut cut)
    {
        var received = new TaskCompletionSource();
        await using var upstream = Cuts.Upstream(cut, Delta + Finish, received.Task);
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync(Finish);
        received.SetResult();

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().Be(Delta + Finish);
        (await host.OutcomeAsync()).Failure.Should().Be(UpstreamFailure.None);
    }

    [Fact]
    public async Task An_event_that_broke_off_is_ended_before_the_error_event()
    {
        var received = new TaskCompletionSource();
        await using var upstream = Cuts.Upstream(Cut.Reset, Delta + "data: {\"cho", received.Task);
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync("data: {\"cho");
        await client.ReadUntilAsync(() => client.Body.EndsWith("{\"cho", StringComparison.Ordinal));
        received.SetResult();

        await client.ReadToEndAsync();

        client.Body.Should().Be(Delta + "data: {\"cho\n\n" + Error);
    }

    [Fact]
    public async Task An_event_that_broke_off_while_it_was_held_is_not_sent()
    {
        var received = new TaskCompletionSource();
        await using var upstream = Cuts.Upstream(Cut.Reset, Delta + "data: {\"cho", received.Task);
        await using var host = await StreamHost.StartAsync(upstream, hideUsageChunk: true);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");
        await client.ReadUntilAsync(Delta);
        received.SetResult();

        await client.ReadToEndAsync();

        client.Body.Should().Be(Delta + Error);
    }

    [Fact]
    public async Task An_error_that_the_upstream_reports_ends_the_stream_as_a_cut_and_nothing_follows_it()
    {
        const string Theirs = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n";
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, Delta + Theirs + "data: [DONE]\n\n");
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().NotBe(Ending.Clean);

        client.Body.Should().Be(Delta + Theirs);
        (await host.OutcomeAsync()).Failure.Should().Be(UpstreamFailure.Cut);
    }

    [Fact]
    public async Task An_error_that_must_not_be_shown_is_replaced_by_ours()
    {
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, Delta + "data: {\"error\":{\"message\":\"sk-secret\"}}\n\n");
        await using var host = await StreamHost.StartAsync(upstream, mayPassError: static data => data.IndexOf("sk-"u8) < 0);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().NotBe(Ending.Clean);

        client.Body.Should().Be(Delta + Error);
    }

    [Fact]
    public async Task The_Responses_API_gets_its_own_error_event()
    {
        const string Created = "event: response.created\ndata: {\"type\":\"response.created\"}\n\n";
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, Created);
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/responses");

        (await client.ReadToEndAsync()).Should().NotBe(Ending.Clean);

        client.Body.Should().StartWith(Created + "event: error\ndata: {").And.EndWith("}\n\n")
            .And.Contain("\"type\":\"error\"").And.Contain("\"code\":\"stream_cut\"");
    }

    [Fact]
    public async Task A_response_is_complete_at_its_last_event()
    {
        const string Completed = "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"error\":null}}\n\n";
        await using var upstream = Cuts.Upstream(Cut.FinOfACloseDelimitedBody, Completed);
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/responses");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().Be(Completed);
    }

    [Fact]
    public async Task Over_HTTP_1_0_a_cut_stream_ends_with_a_reset()
    {
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, Delta);
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions", "HTTP/1.0");

        (await client.ReadToEndAsync()).Should().Be(Ending.Reset);
        client.Body.Should().Be(Delta + Error);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("\"}", true)]
    [InlineData("\"}\n", true)]
    public async Task A_large_document_that_ends_with_its_connection_is_whole_only_where_json_may_end(string rest, bool whole)
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"a\":\"" + new string('x', 70_000) + rest);
            connection.Fin();
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync() == Ending.Clean).Should().Be(whole);
        client.Body.Should().NotContain("stream_cut");
        (await host.OutcomeAsync()).Failure.Should().Be(whole ? UpstreamFailure.None : UpstreamFailure.Cut);
    }

    [Fact]
    public async Task A_large_document_that_is_no_json_may_end_anywhere()
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>" + new string('x', 70_000) + "</html>");
            connection.Fin();
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().Be(Ending.Clean);
        client.Body.Should().EndWith("</html>");
    }

    [Fact]
    public async Task A_body_with_a_length_that_breaks_off_is_not_made_whole()
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n{\"a\":\"" + new string('x', 70_000));
            connection.Fin();
        });
        await using var host = await StreamHost.StartAsync(upstream);
        using var client = await RawClient.PostAsync(host.Uri, "/v1/chat/completions");

        (await client.ReadToEndAsync()).Should().NotBe(Ending.Clean);
        client.Body.Should().NotContain("stream_cut");
    }
}
