using System.Net;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

/// <summary>What happens while an upstream is silent, on a clock that the test moves.</summary>
public sealed class WaitingTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_keep_alive_commits_the_stream_and_failover_is_still_possible()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var good = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(_time, Entries.InOrder(silent, good));

        var call = gateway.ChatAsync(stream: true);
        using var response = await HeadersByKeepAliveAsync(silent, call);
        silent.Requests.Should().HaveCount(1);
        good.Requests.Should().BeEmpty();
        var text = response.TextAsync();
        await _time.AdvanceUntilAsync(() => text.IsCompleted, "the other upstream answers");

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Attempts().Should().Be("1", "the headers left during the first attempt");
        (await text).Should().StartWith(": keep-alive\n\n").And.EndWith(OpenAiBodies.Done);
    }

    [Fact]
    public async Task After_a_keep_alive_a_failure_is_told_in_the_stream_and_by_its_end()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var bad = ScriptedUpstream.Start(Replies.Status(500));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.InOrder(silent, bad));

        var call = gateway.ChatAsync(stream: true);
        using var response = await HeadersByKeepAliveAsync(silent, call);
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(body);
        await _time.AdvanceUntilAsync(() => bad.Requests.Count == 1, "the other upstream is asked");

        (await ReadToFailureAsync(reader)).Should().Contain("\"message\":\"scripted 500\"").And.NotContain("[DONE]");
    }

    [Theory]
    [InlineData("/v1/chat/completions", 400, "data: {  \"error\" : {\"message\":\"Too long: é\",    \"type\":\"invalid_request_error\",    \"param\":\"messages\",\"code\":\"context_length_exceeded\"  }}\n\n")]
    [InlineData("/v1/chat/completions", 500, "data: {  \"error\" : {\"message\":\"Too long: é\",    \"type\":\"invalid_request_error\",    \"param\":\"messages\",\"code\":\"context_length_exceeded\"  }}\n\n")]
    [InlineData("/v1/responses", 400, "event: error\ndata: {\"type\":\"error\",\"code\":\"context_length_exceeded\",\"message\":\"Too long: é\",\"param\":\"messages\",\"error\":{\"message\":\"Too long: é\",\"type\":\"invalid_request_error\",\"param\":\"messages\",\"code\":\"context_length_exceeded\"}}\n\n")]
    public async Task After_a_keep_alive_the_providers_own_error_is_told_on_one_line(string path, int status, string expected)
    {
        const string Error = "{\r\n  \"error\" : {\"message\":\"Too long: é\",\r\n    \"type\":\"invalid_request_error\",\n    \"param\":\"messages\",\"code\":\"context_length_exceeded\"\n  }}\n";
        await MustTellAsync(path, Replies.Json(status, Error), expected);
    }

    [Theory]
    [InlineData("/v1/chat/completions", "{\"detail\":\"no\"}")]
    [InlineData("/v1/chat/completions", "<h1>no</h1>")]
    [InlineData("/v1/responses", "{\"error\":{\"message\":\"\\ud800\"}}")]
    public async Task After_a_keep_alive_an_error_that_clients_cannot_read_is_told_in_ours(string path, string body) =>
        await MustTellAsync(path, Replies.Json(400, body), "\"code\":\"upstream_rejected\"");

    [Fact]
    public async Task After_a_keep_alive_an_error_that_is_only_a_text_is_the_message_of_the_event() => await MustTellAsync(
        "/v1/responses",
        Replies.Json(400, "{\"error\":\"Too long\"}"),
        "event: error\ndata: {\"type\":\"error\",\"code\":null,\"message\":\"Too long\",\"param\":null,\"error\":\"Too long\"}\n\n");

    [Fact]
    public async Task A_document_that_comes_behind_a_keep_alive_does_not_end_the_keep_alives_of_the_next_attempt()
    {
        var (document, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var late = ScriptedUpstream.Start(Replies.When(document.Task, Replies.Json(200, OpenAiBodies.Chat("m"))));
        await using var slow = ScriptedUpstream.Start(Replies.When(answer.Task, Replies.OpenAi()));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.InOrder(late, slow));

        var call = gateway.ChatAsync(stream: true);
        using var response = await HeadersByKeepAliveAsync(late, call);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        await ReadKeepAliveAsync(reader);
        document.SetResult();
        await Eventually.TrueAsync(() => slow.Requests.Count == 1, "the other upstream has the request");
        var second = ReadKeepAliveAsync(reader);
        await _time.AdvanceUntilAsync(() => second.IsCompleted, "the second silence is filled as well", stepSeconds: 3);
        await second;
        answer.SetResult();

        (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Should().EndWith(OpenAiBodies.Done);
    }

    [Fact]
    public async Task A_document_that_comes_behind_a_keep_alive_is_charged_and_no_fault_of_its_entry()
    {
        var document = new TaskCompletionSource();
        await using var late = ScriptedUpstream.Start(exchange => Replies.When(document.Task, Replies.Json(200, OpenAiBodies.Chat("m")))(exchange));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(late));
        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            var call = gateway.ChatAsync(stream: true);
            using var response = await HeadersByKeepAliveAsync(late, call, i + 1);
            document.TrySetResult();
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            await ReadToFailureAsync(reader);
            document = new TaskCompletionSource();
        }

        gateway.Routing.Endpoints.Single().Health.TrippedUntil.Should().BeNull();
        gateway.Journal.Completed.Should().HaveCount(HealthPolicy.ConsecutiveFailures).And.OnlyContain(record => record.Outcome.Usage!.Output > 0 && !record.Outcome.IsEstimated);
    }

    [Fact]
    public async Task A_unary_request_waits_for_total_and_no_longer()
    {
        await using var silent = ScriptedUpstream.Start(Replies.Hang());
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(silent));
        var begun = _time.GetUtcNow();

        var call = gateway.ChatAsync();
        await Eventually.TrueAsync(() => silent.Requests.Count == 1, "the upstream has the request");
        await _time.AdvanceUntilAsync(() => call.IsCompleted, "the gateway gives up");
        using var response = await call;

        response.StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
        (_time.GetUtcNow() - begun).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(900));
        gateway.Routing.Endpoints.Single().InFlight.Should().Be(0);
    }

    [Fact]
    public async Task The_time_the_upstream_takes_is_not_the_gateways_overhead()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream));

        var call = gateway.ChatAsync();
        await live.Started;
        _time.Advance(TimeSpan.FromSeconds(7));
        live.Head().Send("{}").End();
        using var response = await call;

        response.Header("openai-processing-ms").Should().Be("7000");
        response.Header("x-gateway-overhead-ms").Should().Be("0.00");
    }

    private async Task MustTellAsync(string path, UpstreamReply reply, string expected)
    {
        var refusal = new TaskCompletionSource();
        await using var upstream = ScriptedUpstream.Start(Replies.When(refusal.Task, reply));
        await using var gateway = await TestGateway.StartAsync(_time, Entries.At(upstream));

        var call = gateway.PostAsync(path, """{"model":"m","stream":true,"messages":[],"input":"hi"}""");
        using var response = await HeadersByKeepAliveAsync(upstream, call);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        refusal.SetResult();

        (await ReadToFailureAsync(reader)).Should().Contain(expected);
    }

    /// <summary>The silence begins before the upstream has the request, and is filled after 15 s. The clock stands before the 90 s of the first byte are over.</summary>
    private async Task<HttpResponseMessage> HeadersByKeepAliveAsync(ScriptedUpstream upstream, Task<HttpResponseMessage> call, int requests = 1)
    {
        await Eventually.TrueAsync(() => upstream.Requests.Count == requests, "the upstream has the request");
        for (var passed = 0; passed < 60 && !call.IsCompleted; passed += 5)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.WhenAny(call, Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System));
        }

        return await call;
    }

    private static async Task ReadKeepAliveAsync(StreamReader reader)
    {
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).Should().Be(": keep-alive");
        (await reader.ReadLineAsync(TestContext.Current.CancellationToken)).Should().BeEmpty();
    }

    /// <summary>All that comes, to a visible failure. The clock stands still until the error has come: it has only some seconds to get away.</summary>
    private async Task<string> ReadToFailureAsync(StreamReader reader)
    {
        var text = "";
        string? line;
        do
        {
            line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            text += line + "\n";
        }
        while (line is not null && !line.StartsWith("data:", StringComparison.Ordinal));

        var rest = reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _time.AdvanceUntilAsync(() => rest.IsCompleted, "the stream ends", stepSeconds: 1);
        await FluentActions.Awaiting(() => rest).Should().ThrowAsync<Exception>("the stream must not end as if it were whole");
        return text + "\n";
    }
}
