using System.Text;
using Gateway.Api.Http;
using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class TerminalMarkerTests
{
    [Theory]
    [InlineData(Operation.ChatCompletions)]
    [InlineData(Operation.Completions)]
    public void Choices_are_complete_at_done(Operation operation)
    {
        After(operation, """{"choices":[{"index":0,"delta":{}}]}""").Reached.Should().BeFalse();
        var marker = After(operation, "[DONE]");
        marker.Reached.Should().BeTrue();
        marker.Final.Should().BeTrue();
    }

    [Fact]
    public void A_finish_reason_completes_a_single_choice()
    {
        var marker = After(Operation.ChatCompletions,
            """{"choices":[{"index":0,"delta":{"content":"\"finish_reason\":\"stop\""},"finish_reason":null}]}""",
            """{"choices": [ {"index" : 0, "delta": {}, "finish_reason" : "stop"} ]}""");

        marker.Reached.Should().BeTrue();
        marker.Final.Should().BeFalse();
    }

    [Theory]
    [InlineData("""{"\ud800 a name of some length":1,"choices":[{"finish_\udc00reason":1,"index":0,"finish_reason":"stop"}]}""", Operation.ChatCompletions)]
    [InlineData("""{"\ud800a":1,"type":"response.completed"}""", Operation.Responses)]
    public void Half_of_a_surrogate_pair_in_a_name_hides_nothing(string json, Operation operation) => After(operation, json).Reached.Should().BeTrue();

    [Theory]
    [InlineData("message")]
    [InlineData("chunk")]
    public void A_name_of_the_upstreams_own_hides_no_end_of_responses(string name)
    {
        var marker = new ResponsesMarker();
        marker.Observe(SseEvent.Parse(Encoding.UTF8.GetBytes($"event: {name}\ndata: {{\"type\":\"response.output_text.delta\",\"delta\":\"response.completed\"}}\n\n")));
        marker.Reached.Should().BeFalse();

        marker.Observe(SseEvent.Parse(Encoding.UTF8.GetBytes($"event: {name}\ndata: {{\"type\":\"response.completed\",\"response\":{{}}}}\n\n")));

        marker.Reached.Should().BeTrue();
    }

    [Fact]
    public void Every_choice_seen_must_finish()
    {
        string[] events =
        [
            """{"choices":[{"index":0,"delta":{},"finish_reason":null},{"index":1,"delta":{},"finish_reason":null}]}""",
            """{"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]}""",
            """{"choices":[{"index":0,"delta":{"content":"more"},"finish_reason":null}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""",
        ];

        After(Operation.ChatCompletions, events[..2]).Reached.Should().BeFalse();
        After(Operation.ChatCompletions, events[..3]).Reached.Should().BeFalse();
        After(Operation.ChatCompletions, events).Reached.Should().BeTrue();
    }

    [Fact]
    public void A_choice_that_starts_after_the_others_finished_opens_the_answer_again() =>
        After(Operation.ChatCompletions,
            """{"choices":[{"index":1,"finish_reason":"stop"}]}""",
            """{"choices":[{"index":0,"finish_reason":null}]}""").Reached.Should().BeFalse();

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(2, 2, true)]
    [InlineData(3, 2, true)]
    [InlineData(127, 128, false)]
    [InlineData(128, 128, true)]
    [InlineData(128, 129, false)]
    public void Every_choice_that_was_asked_for_must_come_and_finish(int finished, long asked, bool complete)
    {
        var marker = TerminalMarker.For(Operation.ChatCompletions, asked);
        for (var index = 0; index < finished; index++)
        {
            Observe(marker, $$"""{"choices":[{"index":{{index}},"delta":{},"finish_reason":"stop"}]}""");
        }

        marker.Reached.Should().Be(complete);
    }

    [Fact]
    public void Fewer_choices_than_were_asked_for_are_complete_at_done()
    {
        var marker = TerminalMarker.For(Operation.ChatCompletions, choices: 2);
        Observe(marker, """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", "[DONE]");

        marker.Reached.Should().BeTrue("an upstream that knows no n said that this was all");
    }

    [Fact]
    public void An_empty_finish_reason_finishes_nothing()
    {
        var delta = """{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":""}]}""";

        After(Operation.ChatCompletions, delta, delta).Reached.Should().BeFalse();
        After(Operation.ChatCompletions, delta, """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""").Reached.Should().BeTrue();
    }

    [Fact]
    public void Indices_of_tool_calls_are_no_choices() =>
        After(Operation.ChatCompletions,
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0},{"index":1}]},"finish_reason":null}]}""",
            """{"choices":[{"delta":{"tool_calls":[{"index":3}]},"index":0,"finish_reason":"tool_calls"}]}""").Reached.Should().BeTrue();

    [Theory]
    [InlineData("""{"choices":[],"prompt_filter_results":[]}""")]
    [InlineData("""{"choices":[{"index":0,"finish_reason":"st""")]
    [InlineData("""{"choices":[{"index":0,"finish_reason":"stop"}]""" + "x")]
    [InlineData("""{"finish_reason":"stop"}""")]
    [InlineData("finish_reason")]
    [InlineData("")]
    public void Other_events_complete_nothing(string data)
    {
        var marker = After(Operation.ChatCompletions, """{"choices":[{"index":5,"delta":{}}]}""", data);

        marker.Reached.Should().BeFalse();
        marker.ErrorSeen.Should().BeFalse();
    }

    [Theory]
    [InlineData("response.completed")]
    [InlineData("response.failed")]
    [InlineData("response.incomplete")]
    public void Responses_are_complete_at_their_last_event_with_or_without_its_name(string type)
    {
        var data = """{"sequence_number":9,"type":"TYPE","response":{"error":null}}""".Replace("TYPE", type, StringComparison.Ordinal);
        var marker = TerminalMarker.For(Operation.Responses);
        marker.Observe(SseEvent.Parse("event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\"}\n\n"u8));
        marker.Reached.Should().BeFalse();
        marker.Observe(SseEvent.Parse(Encoding.UTF8.GetBytes($"event: {type}\ndata: {data}\n\n")));
        marker.Reached.Should().BeTrue();

        After(Operation.Responses, data).Reached.Should().BeTrue();
        After(Operation.Responses, data[..60]).Reached.Should().BeTrue("the type stands before the part that is missing");
    }

    [Theory]
    [InlineData("""{"delta":"response.completed","type":"response.output_text.delta"}""")]
    [InlineData("""{"response":{"type":"response.completed"}}""")]
    [InlineData("""[1]""")]
    [InlineData("""{"type" oops""")]
    [InlineData("[DONE]")]
    public void Other_events_do_not_complete_a_response(string data) => After(Operation.Responses, data).Reached.Should().BeFalse();

    [Theory]
    [InlineData("""{"error":{"message":"overloaded"}}""")]
    [InlineData("""{"id":"x","choices":[{"index":0,"finish_reason":"error"}],"error":{"code":502}}""")]
    [InlineData("""{"error":"gone","choices":[{"index":0,"finish_reason":"stop"}]}""")]
    [InlineData("""{"error":true}""")]
    [InlineData("""{"object":"error","message":"engine dead","type":"internal","param":null,"code":500}""")]
    [InlineData("""{"type":"error","code":"server_error","message":"x"}""")]
    public void An_error_in_mid_stream_is_seen(string data)
    {
        var marker = After(Operation.ChatCompletions, """{"choices":[{"index":0,"delta":{}}]}""", data);

        marker.ErrorSeen.Should().BeTrue();
        marker.Reached.Should().BeFalse();
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("{ }")]
    [InlineData("[]")]
    [InlineData("false")]
    [InlineData("0")]
    [InlineData("null")]
    public void An_error_that_says_nothing_is_none_beside_a_part_of_the_answer(string nothing)
    {
        var marker = After(Operation.ChatCompletions,
            """{"error":X,"choices":[{"index":0,"delta":{"content":"a"}}]}""".Replace("X", nothing, StringComparison.Ordinal),
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"error":X}""".Replace("X", nothing, StringComparison.Ordinal));

        marker.ErrorSeen.Should().BeFalse();
        marker.Reached.Should().BeTrue();
    }

    [Fact]
    public void An_event_named_error_is_one_and_nothing_counts_after_done()
    {
        var marker = TerminalMarker.For(Operation.ChatCompletions);
        marker.Observe(SseEvent.Parse("event: error\ndata: gone\n\n"u8));
        marker.ErrorSeen.Should().BeTrue();

        After(Operation.ChatCompletions, "[DONE]", """{"error":{}}""").ErrorSeen.Should().BeFalse();
    }

    private static TerminalMarker After(Operation operation, params string[] data)
    {
        var marker = TerminalMarker.For(operation);
        Observe(marker, data);
        return marker;
    }

    private static void Observe(TerminalMarker marker, params string[] data)
    {
        foreach (var one in data)
        {
            marker.Observe(SseEvent.Parse(Encoding.UTF8.GetBytes($"data: {one}\n\n")));
        }
    }
}
