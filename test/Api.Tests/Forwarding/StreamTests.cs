using System.Text;
using Gateway.Api.Tests.Forwarding.Rig;
using Gateway.Testing;
using Gateway.Testing.Upstreams;

namespace Gateway.Api.Tests.Forwarding;

public sealed class StreamTests
{
    [Fact]
    public async Task Usage_is_asked_for_and_its_chunk_hidden_again()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync(stream: true);

        (await response.TextAsync()).Should().Contain("[DONE]").And.NotContain("prompt_tokens");
        upstream.Requests.Single().BodyText.Should().Be("{\"stream_options\":{\"include_usage\":true}," + Calls.ChatBody(stream: true)[1..]);
    }

    [Fact]
    public async Task A_caller_who_asks_for_usage_gets_it_and_nothing_is_added()
    {
        const string body = """{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}""";
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync(Calls.ChatPath, body);

        (await response.TextAsync()).Should().Contain("prompt_tokens");
        upstream.Requests.Single().BodyText.Should().Be(body);
    }

    [Fact]
    public async Task Responses_have_no_such_option()
    {
        const string body = """{"model":"m","input":"hi","stream":true}""";
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync("/v1/responses", body);

        (await response.TextAsync()).Should().Contain("response.completed");
        upstream.Requests.Single().BodyText.Should().Be(body);
    }

    [Fact]
    public async Task An_upstream_that_refuses_the_option_is_asked_once_without_and_remembered()
    {
        await using var upstream = ScriptedUpstream.Start(exchange => exchange.Request.BodyText.Contains("stream_options", StringComparison.Ordinal)
            ? Replies.Json(400, OpenAiBodies.Error("Unrecognized request argument supplied: stream_options", "invalid_request_error"))(exchange)
            : StreamReplies.Chat()(exchange));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var first = await gateway.ChatAsync(stream: true);
        using var second = await gateway.ChatAsync(stream: true);

        (await first.TextAsync()).Should().Contain("[DONE]");
        (await second.TextAsync()).Should().Contain("[DONE]");
        first.Attempts().Should().Be("2");
        second.Attempts().Should().Be("1");
        upstream.Requests.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_refusal_of_the_option_says_nothing_of_other_models_and_operations_and_is_not_for_ever()
    {
        var time = new FakeTimeProvider();
        await using var upstream = ScriptedUpstream.Start(exchange => exchange.Request.BodyText.Contains("stream_options", StringComparison.Ordinal)
            && exchange.Request.BodyText.Contains("\"old\"", StringComparison.Ordinal)
            ? Replies.Json(400, OpenAiBodies.Error("Unrecognized request argument supplied: stream_options", "invalid_request_error"))(exchange)
            : StreamReplies.Chat()(exchange));
        await using var gateway = await TestGateway.StartAsync(time, Entries.At(upstream) with { Experts = ["old", "new"] });
        async Task<bool> AsksAsync(string path, string model)
        {
            using var response = await gateway.PostAsync(path, path == Calls.ChatPath ? Calls.ChatBody(stream: true, model) : $$"""{"model":"{{model}}","prompt":"p","stream":true}""");
            (await response.TextAsync()).Should().Contain("[DONE]");
            return upstream.Requests.Last().BodyText.Contains("include_usage", StringComparison.Ordinal);
        }

        (await AsksAsync(Calls.ChatPath, "old")).Should().BeFalse();

        (await AsksAsync(Calls.ChatPath, "new")).Should().BeTrue();
        (await AsksAsync("/v1/completions", "new")).Should().BeTrue();
        var before = upstream.Requests.Count;
        await AsksAsync(Calls.ChatPath, "old");
        upstream.Requests.Should().HaveCount(before + 1, "it is remembered");
        time.Advance(TimeSpan.FromHours(1));
        await AsksAsync(Calls.ChatPath, "old");
        upstream.Requests.Should().HaveCount(before + 3, "it is tried again");
    }

    [Fact]
    public async Task A_refusal_that_is_the_callers_own_is_not_laid_to_the_option()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(400, OpenAiBodies.Error("stream_options or not: no")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var first = await gateway.ChatAsync(stream: true);
        upstream.Reply = StreamReplies.Chat();
        using var second = await gateway.ChatAsync(stream: true);

        ((int)first.StatusCode).Should().Be(400);
        (await second.TextAsync()).Should().Contain("[DONE]");
        upstream.Requests.Last().BodyText.Should().Contain("include_usage");
    }

    [Fact]
    public async Task A_unary_answer_to_a_streaming_request_is_passed_on_as_it_is()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Json(200, OpenAiBodies.Chat("m")));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.ChatAsync(stream: true);

        (await response.TextAsync()).Should().Be(OpenAiBodies.Chat("m"));
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        response.Attempts().Should().Be("1");
        response.Header("x-gateway-model").Should().Be("m");
    }

    [Fact]
    public async Task Events_reach_the_caller_while_the_upstream_still_writes()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        live.Head().Send(OpenAiBodies.Delta("first"));
        using var response = await gateway.ChatAsync(stream: true);
        await using var events = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[4096];
        var read = await events.ReadAsync(buffer, TestContext.Current.CancellationToken);
        live.Send(OpenAiBodies.Finish()).Send(OpenAiBodies.Done).End();

        Encoding.UTF8.GetString(buffer, 0, read).Should().Contain("first");
        using var rest = new StreamReader(events);
        (await rest.ReadToEndAsync(TestContext.Current.CancellationToken)).Should().EndWith(OpenAiBodies.Done);
    }

    [Fact]
    public async Task A_caller_who_leaves_in_the_middle_closes_the_upstream()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        live.Head().Send(OpenAiBodies.Delta("first"));
        var response = await gateway.ChatAsync(stream: true);
        response.Dispose();

        await upstream.Requests.Single().ClientClosed.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => gateway.Routing.Endpoints.Single().InFlight == 0, "the attempt has ended");
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[],"stream":true,"n":2}""", true)]
    [InlineData("/v1/completions", """{"model":"m","prompt":["a","b"],"stream":true}""", true)]
    [InlineData("/v1/completions", """{"model":"m","prompt":["a"],"stream":true,"n":2}""", true)]
    [InlineData("/v1/completions", """{"model":"m","prompt":"a","stream":true,"best_of":2}""", false)]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[],"stream":true}""", false)]
    public async Task A_stream_that_ends_before_a_choice_that_was_asked_for_began_ends_visibly(string path, string body, bool cut)
    {
        await using var upstream = ScriptedUpstream.Start(StreamReplies.Events(OpenAiBodies.Delta("first"), OpenAiBodies.Finish()));
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream));

        using var response = await gateway.PostAsync(path, body);
        var read = () => response.TextAsync();

        if (cut)
        {
            (await read.Should().ThrowAsync<Exception>()).Which.Should().Match(failure => failure is HttpRequestException || failure is IOException);
        }
        else
        {
            (await read()).Should().Contain("first").And.NotContain("error");
        }
    }

    [Fact]
    public async Task A_stream_that_takes_longer_than_total_ends_visibly()
    {
        var live = new LiveStream();
        await using var upstream = ScriptedUpstream.Start(live.Reply);
        await using var gateway = await TestGateway.StartAsync(Entries.At(upstream).WithTimeouts(total: 0.5));

        live.Head().Send(OpenAiBodies.Delta("first"));
        using var response = await gateway.ChatAsync(stream: true);
        var read = () => response.TextAsync();

        (await read.Should().ThrowAsync<Exception>()).Which.Should().Match(failure => failure is HttpRequestException || failure is IOException);
    }
}
