using Gateway.Cli.Rigs;

namespace Gateway.Cli.Chat;

public sealed class ChatTests : IAsyncLifetime
{
    private const string Route = "POST /v1/chat/completions";

    private readonly CliRig _rig = new();

    public async ValueTask InitializeAsync()
    {
        await _rig.SignInAsync();
        _rig.Gateway[Route] = Replies.OpenAi();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private JsonNode Asked => JsonNode.Parse(_rig.Gateway.RequestsTo("/v1/chat/completions")[^1].Body)!;

    [Fact]
    public async Task An_answer_is_streamed_to_the_output_and_nothing_else()
    {
        var result = await _rig.RunAsync("chat", "--model", "m", "--system", "Be brief.", "Hello", "there");

        result.ShouldEndWith(ExitCodes.Ok).Should().BeEquivalentTo(new { Output = "Hello!" + Environment.NewLine, Error = "" });
        Asked.ToJsonString().Should().Be("""{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello there"}],"stream":true}""");
        _rig.Gateway.Requests.Single()["Authorization"].Should().Be("Bearer " + CliRig.ApiKey);
    }

    [Fact]
    public async Task With_json_the_answer_is_one_document()
    {
        var result = await _rig.RunAsync("chat", "-m", "m", "Hello", "--json");

        result.ShouldEndWith(ExitCodes.Ok).Json["choices"]![0]!["message"]!["content"]!.GetValue<string>().Should().Be("Hello!");
        result.Output.Trim().Should().NotContain("\n");
    }

    [Fact]
    public async Task A_model_that_thinks_for_minutes_is_waited_for_also_with_json()
    {
        var clock = new FakeTimeProvider();
        _rig.Time = clock;
        _rig.Gateway[Route] = async exchange =>
        {
            clock.Advance(TimeSpan.FromMinutes(15));
            await Replies.OpenAi()(exchange);
        };

        (await _rig.RunAsync("chat", "-m", "m", "Hello", "--json")).ShouldEndWith(ExitCodes.Ok).Json["choices"].Should().NotBeNull();
    }

    [Theory, InlineData(), InlineData("-")]
    public async Task The_input_is_the_prompt_when_none_is_given(params string[] prompt)
    {
        _rig.Input = "a long\ndiff\n";

        (await _rig.RunAsync(["chat", "-m", "m", .. prompt])).ShouldEndWith(ExitCodes.Ok);

        Asked["messages"]![0]!["content"]!.GetValue<string>().Should().Be("a long\ndiff");
    }

    [Fact]
    public async Task A_prompt_may_begin_with_an_at_sign_or_be_a_dash_word()
    {
        (await _rig.RunAsync("chat", "-m", "m", "@alice", "--", "--hello")).ShouldEndWith(ExitCodes.Ok);

        Asked["messages"]![0]!["content"]!.GetValue<string>().Should().Be("@alice --hello");
    }

    [Fact]
    public async Task An_empty_prompt_is_a_wrong_command_line()
    {
        (await _rig.RunAsync("chat", "-m", "m")).ShouldEndWith(ExitCodes.Usage);
        _rig.Gateway.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData(StreamCut.Reset), InlineData(StreamCut.FinInsideChunk), InlineData(StreamCut.CloseDelimitedEnd), InlineData(StreamCut.CleanEndWithoutMarker)]
    public async Task A_stream_that_is_cut_ends_with_its_own_exit_code_after_what_came(StreamCut cut)
    {
        _rig.Gateway[Route] = StreamReplies.Cut(cut);

        var result = await _rig.RunAsync("chat", "-m", "m", "Hello");

        result.ShouldEndWith(ExitCodes.AnswerCut).Output.Should().Be("Hello" + Environment.NewLine);
        result.Error.Should().StartWith("gateway: The answer was cut").And.HaveLength(result.Error.TrimEnd().Length + Environment.NewLine.Length);
    }

    [Fact]
    public async Task An_error_within_a_stream_is_told()
    {
        _rig.Gateway[Route] = StreamReplies.Events(OpenAiBodies.Delta("Hel"), "data: {\"error\":{\"message\":\"The upstream went away.\",\"type\":\"server_error\"}}\n\n");

        (await _rig.RunAsync("chat", "-m", "m", "Hello")).ShouldEndWith(ExitCodes.AnswerCut).Error.Should().Contain("The upstream went away.");
    }

    [Fact]
    public async Task A_damaged_event_is_not_skipped()
    {
        _rig.Gateway[Route] = StreamReplies.Events(OpenAiBodies.Delta("Hel"), "data: {\"choices\":[{\"del\n\n", OpenAiBodies.Finish(), OpenAiBodies.Done);

        (await _rig.RunAsync("chat", "-m", "m", "Hello")).ShouldEndWith(ExitCodes.AnswerCut);
    }

    [Fact]
    public async Task Comments_and_events_without_choices_are_no_text_and_a_finish_reason_is_an_end()
    {
        _rig.Gateway[Route] = StreamReplies.Events(": keep-alive\n\n", OpenAiBodies.Delta("Hi"), OpenAiBodies.Finish(), OpenAiBodies.UsageChunk());

        (await _rig.RunAsync("chat", "-m", "m", "Hello")).ShouldEndWith(ExitCodes.Ok).Output.Trim().Should().Be("Hi");
    }

    [Fact]
    public async Task An_answer_at_the_token_limit_is_whole_and_says_so()
    {
        _rig.Gateway[Route] = StreamReplies.Events(OpenAiBodies.Delta("Hi"), OpenAiBodies.Finish(reason: "length"), OpenAiBodies.Done);

        (await _rig.RunAsync("chat", "-m", "m", "Hello")).ShouldEndWith(ExitCodes.Ok).Error.Should().Contain("token limit");
    }

    [Fact]
    public async Task Silence_is_a_cut_after_a_quarter_of_an_hour()
    {
        var clock = new FakeTimeProvider();
        _rig.Time = clock;
        _rig.Gateway[Route] = async exchange =>
        {
            await exchange.WriteAsync(StreamReplies.ChunkedHead);
            await exchange.WriteChunkAsync(System.Text.Encoding.UTF8.GetBytes(OpenAiBodies.Delta("Hel")));
            await exchange.UntilClientLeavesAsync();
        };
        var running = Task.Run(() => _rig.RunAsync("chat", "-m", "m", "Hello"));

        // Every read has a bound of its own: time goes on until one of them is over.
        await Eventually.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(10 * _rig.Gateway.Requests.Count));
                return running.IsCompleted;
            },
            "the tool gives up");

        (await running).ShouldEndWith(ExitCodes.AnswerCut).Error.Should().Contain("nothing came for 960 seconds");
    }

    [Fact]
    public async Task Interrupting_an_answer_ends_cleanly()
    {
        using var stop = new CancellationTokenSource();
        var left = new TaskCompletionSource();
        _rig.Gateway[Route] = async exchange =>
        {
            await exchange.WriteAsync(StreamReplies.ChunkedHead);
            await exchange.WriteChunkAsync(System.Text.Encoding.UTF8.GetBytes(OpenAiBodies.Delta("Hel")));
            await stop.CancelAsync();
            await exchange.UntilClientLeavesAsync();
            left.SetResult();
        };

        var result = await _rig.RunAsync(stop.Token, "chat", "-m", "m", "Hello");

        result.ShouldEndWith(ExitCodes.Interrupted).Error.Should().BeEmpty();
        await left.Task.WaitAsync(Eventually.DefaultBound);
    }

    [Theory, InlineData(true, "a[31mb\tc\n"), InlineData(false, "a\u001b[31mb\u0007\tc\n")]
    public async Task What_a_model_says_cannot_steer_a_terminal(bool onTerminal, string expected)
    {
        _rig.IsOnTerminal = onTerminal;
        _rig.Gateway[Route] = StreamReplies.Events(OpenAiBodies.Delta("a\u001b[31mb\u0007\tc\n"), OpenAiBodies.Finish(), OpenAiBodies.Done);

        (await _rig.RunAsync("chat", "-m", "m", "Hello")).ShouldEndWith(ExitCodes.Ok).Output.Should().Be(expected);
    }

    [Fact]
    public async Task A_conversation_remembers_what_was_said_and_forgets_what_failed()
    {
        _rig.IsOnTerminal = true;
        _rig.Input = "One\n\nTwo\nThree\n";
        _rig.Gateway[Route] = Replies.Sequence(Replies.OpenAi(), Replies.Json(503, """{"error":{"message":"Busy."}}"""), Replies.OpenAi());

        var result = await _rig.RunAsync("chat", "-m", "m");

        result.ShouldEndWith(ExitCodes.Unreachable).Error.Should().Contain("Busy.");
        Asked["messages"]!.AsArray().Select(message => message!["content"]!.GetValue<string>()).Should().Equal("One", "Hello!", "Three");
    }

    [Fact]
    public async Task The_only_model_needs_no_name()
    {
        _rig.Gateway.Answer("GET /v1/models", """{"data":[{"id":"only"}]}""");

        (await _rig.RunAsync("chat", "Hello")).ShouldEndWith(ExitCodes.Ok);
        Asked["model"]!.GetValue<string>().Should().Be("only");

        _rig.Variables["GATEWAY_MODEL"] = "set";
        (await _rig.RunAsync("chat", "Hello")).ShouldEndWith(ExitCodes.Ok);
        Asked["model"]!.GetValue<string>().Should().Be("set");
    }

    [Fact]
    public async Task Of_several_models_one_must_be_named()
    {
        _rig.Gateway.Answer("GET /v1/models", """{"data":[{"id":"a"},{"id":"b"}]}""");

        (await _rig.RunAsync("chat", "Hello")).ShouldEndWith(ExitCodes.Usage).Error.Should().Contain("a, b");
    }
}
