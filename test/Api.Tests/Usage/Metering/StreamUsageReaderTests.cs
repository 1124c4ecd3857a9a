using System.Text;
using Gateway.Abstractions.Usage;
using Gateway.Api.Http;
using Gateway.Api.Streaming;
using Gateway.Api.Usage.Metering;

namespace Gateway.Api.Tests.Usage.Metering;

public sealed class StreamUsageReaderTests
{
    private const string Delta = """{"id":"c","choices":[{"index":0,"delta":{"content":"four"},"finish_reason":null}],"usage":null}""";

    public static TheoryData<string, Operation, string[], TokenUsage> Streams { get; } = new()
    {
        {
            "the last chunk", Operation.ChatCompletions,
            [Delta, Delta, """{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11,"prompt_tokens_details":{"cached_tokens":4}}}""", "[DONE]"],
            new TokenUsage { Input = 9, CachedInput = 4, Output = 2 }
        },
        {
            "totals so far in every chunk", Operation.ChatCompletions,
            [
                """{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":1,"total_tokens":10}}""",
                """{"choices":[{"delta":{"content":"b"}}],"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}""",
                """{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}""",
            ],
            new TokenUsage { Input = 9, Output = 3 }
        },
        {
            "zeros behind the truth", Operation.ChatCompletions,
            ["""{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3}}""", """{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}"""],
            new TokenUsage { Input = 9, Output = 3 }
        },
        {
            "input first, output last", Operation.ChatCompletions,
            ["""{"choices":[],"usage":{"input_tokens":9,"cache_read_input_tokens":5}}""", """{"choices":[],"usage":{"output_tokens":7}}"""],
            new TokenUsage { Input = 14, CachedInput = 5, Output = 7 }
        },
        {
            "completions", Operation.Completions,
            ["""{"choices":[{"text":"a","index":0}]}""", """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""", "[DONE]"],
            new TokenUsage { Input = 1, Output = 1 }
        },
        {
            "responses", Operation.Responses,
            [
                """{"type":"response.created","response":{"id":"r","usage":null}}""",
                """{"type":"response.output_text.delta","delta":"Hel"}""",
                """{"type":"response.completed","response":{"output":[{"usage":{"input_tokens":1}}],"tools":[{"parameters":{"properties":{"usage":{"input_tokens":1}}}}],"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":3},"output_tokens":6,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":26}}}""",
            ],
            new TokenUsage { Input = 20, CachedInput = 3, Output = 6, Reasoning = 5 }
        },
        {
            "responses that ended early", Operation.Responses,
            ["""{"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"},"usage":{"input_tokens":20,"output_tokens":16}}}"""],
            new TokenUsage { Input = 20, Output = 16 }
        },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void Each_stream_is_charged_as_its_provider_counts_wherever_it_is_split(string kind, Operation operation, string[] events, TokenUsage expected)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));
        for (var split = 0; split <= bytes.Length; split++)
        {
            Read(operation, bytes[..split], bytes[split..]).Settle(100, isCut: false).Should().Be(expected, "{0}, split at {1}", kind, split);
        }
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":5}"}}]}""")]
    [InlineData("""{"choices":[{"delta":{"usage":{"prompt_tokens":5,"completion_tokens":5}}}]}""")]
    [InlineData("""{"choices":[{"index":0}],"x_groq":{"usage":{"prompt_tokens":5,"completion_tokens":5}}}""")]
    [InlineData("""{"usage":{"prompt_tokens":5,""")]
    [InlineData(": \"usage\"")]
    public void What_only_looks_like_usage_does_not_count(string data) => Read(Operation.ChatCompletions, Event(data)).HasUsage.Should().BeFalse();

    [Theory]
    [InlineData("""{"usage":{"input_tokens":5,"output_tokens":5}}""")]
    [InlineData("""{"item":{"response":{"usage":{"input_tokens":5,"output_tokens":5}}}}""")]
    [InlineData("""{"response":{"metadata":{"usage":{"input_tokens":5,"output_tokens":5}}}}""")]
    [InlineData("""{"response":[{"usage":{"input_tokens":5,"output_tokens":5}}]}""")]
    public void Of_responses_only_the_response_itself_has_usage(string data) => Read(Operation.Responses, Event(data)).HasUsage.Should().BeFalse();

    [Fact]
    public void Without_usage_what_was_delivered_is_estimated_and_marked()
    {
        var reader = Read(Operation.ChatCompletions, Event(Delta), Event(Delta), Event(Delta));

        reader.Settle(100, isCut: false).Should().Be(new TokenUsage { Input = 25, Output = 3, IsEstimated = true });
    }

    [Fact]
    public void A_run_counts_as_its_events_alone()
    {
        var alone = Read(Operation.ChatCompletions, [.. Enumerable.Repeat(Event(Delta), 20)]);
        var run = new StreamUsageReader(Operation.ChatCompletions);
        run.Observe(SseEvent.Parse(Event(Delta)));
        run.ObserveRun(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"data: {Delta}\n\n", 19))));

        run.Settle(100, isCut: true).Should().Be(alone.Settle(100, isCut: true)).And.Be(new TokenUsage { Input = 25, Output = 20, IsEstimated = true });
    }

    [Fact]
    public void A_cut_stream_is_charged_with_what_came_after_its_last_usage_too()
    {
        var usage = """{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}""";
        byte[][] pieces = [Event(usage), .. Enumerable.Repeat(Event(Delta), 9)];

        var cut = Read(Operation.ChatCompletions, pieces).Settle(100, isCut: true);

        cut.Output.Should().BeInRange(10, 16);
        cut.Should().Be(new TokenUsage { Input = 9, Output = cut.Output, IsEstimated = true });
        Read(Operation.ChatCompletions, pieces).Settle(100, isCut: false).Should().Be(new TokenUsage { Input = 9, Output = 1 });
        Read(Operation.ChatCompletions, pieces[..1]).Settle(100, isCut: true).Should().Be(new TokenUsage { Input = 9, Output = 1 }, "nothing came after it");
    }

    [Theory]
    [InlineData(Operation.ChatCompletions, """{"choices":[],"padding":"$","usage":{"prompt_tokens":9,"completion_tokens":700}}""", true)]
    [InlineData(Operation.Responses, """{"type":"response.completed","response":{"output":"$","usage":{"input_tokens":9,"output_tokens":700}}}""", true)]
    [InlineData(Operation.ChatCompletions, """{"usage":{"prompt_tokens":9,"completion_tokens":700},"choices":[],"padding":"$"}""", false)]
    public void Usage_beyond_what_is_kept_of_an_event_is_never_taken_for_the_one_before(Operation operation, string data, bool isMissed)
    {
        var sofar = operation == Operation.Responses
            ? """{"type":"response.in_progress","response":{"usage":{"input_tokens":9,"output_tokens":1}}}"""
            : """{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}""";

        var (usage, capped) = Relay(operation, sofar, data.Replace("$", new string('x', 2 * SseEventAssembler.MaxEventBytes), StringComparison.Ordinal));

        usage.IsEstimated.Should().Be(isMissed);
        usage.Output.Should().Match(output => isMissed ? output >= 1 : output == 700);
        capped.Output.Should().Match(output => isMissed ? output <= 50 : output == 700, "an estimate is not more than the provider was told");
    }

    [Fact]
    public void A_usage_that_comes_after_an_event_too_large_to_be_kept_counts()
    {
        var large = """{"choices":[{"delta":{"content":"$"}}]}""".Replace("$", new string('x', 2 * SseEventAssembler.MaxEventBytes), StringComparison.Ordinal);

        var (usage, _) = Relay(Operation.ChatCompletions, large, """{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":700}}""");

        usage.Should().Be(new TokenUsage { Input = 9, Output = 700 });
    }

    [Fact]
    public void All_of_a_large_event_counts_where_nothing_tells_its_usage()
    {
        var large = """{"choices":[{"delta":{"content":"$"}}]}""".Replace("$", new string('x', 4 * SseEventAssembler.MaxEventBytes), StringComparison.Ordinal);

        var (usage, _) = Relay(Operation.ChatCompletions, Delta, large);

        usage.Output.Should().BeCloseTo(SseEventAssembler.MaxEventBytes, 100);
        usage.IsEstimated.Should().BeTrue();
    }

    [Theory]
    [InlineData(4, 50)]
    [InlineData(40, 500)]
    public void The_estimate_follows_the_text_where_events_hold_many_tokens(int letters, int expected)
    {
        var reader = new StreamUsageReader(Operation.ChatCompletions);
        reader.Observe(SseEvent.Parse(Event("""{"id":"c","choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}""")));
        reader.ObserveRun(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(
            $$"""data: {"id":"c","choices":[{"index":0,"delta":{"content":"{{new string('x', letters)}}"},"finish_reason":null}]}""" + "\n\n", 50))));

        reader.Settle(0, isCut: true).Output.Should().BeInRange(expected, expected + 1);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("id: 12\nevent: chunk\n", "")]
    [InlineData("", ": PROCESSING\n\n")]
    [InlineData("retry: 3000\n: a word\n", ": one\n: two\n\n\n")]
    public void What_stands_between_the_data_counts_nothing_wherever_the_bytes_are_split(string before, string after)
    {
        var delta = """{"id":"c","choices":[{"index":0,"delta":{"content":"$"},"finish_reason":null}]}""";
        var text = string.Concat(Enumerable.Range(0, 101).Select(number => $"{before}data: {delta.Replace("$", number == 0 ? "" : new string('x', 40), StringComparison.Ordinal)}\n\n{after}"));
        foreach (var size in new[] { text.Length, 700, 1 })
        {
            var reader = new StreamUsageReader(Operation.ChatCompletions);
            using var filter = new RelayFilter(TerminalMarker.For(Operation.ChatCompletions), hideUsageChunk: false, usage: reader);
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            foreach (var piece in Encoding.UTF8.GetBytes(text).Chunk(size))
            {
                filter.Filter(piece, output);
            }

            reader.Settle(0, isCut: true).Output.Should().Be(1_000, "pieces of {0}", size);
        }
    }

    [Fact]
    public void Data_of_several_lines_is_one_event_in_a_run_too()
    {
        var text = "data: {\ndata: \"choices\": [{\"delta\": {\"content\":\ndata: \"12345678\"}}]}\n\n";
        var run = new StreamUsageReader(Operation.ChatCompletions);

        run.ObserveRun(Encoding.UTF8.GetBytes(text + text));

        run.Settle(0, isCut: true).Should().Be(Read(Operation.ChatCompletions, Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(text)).Settle(0, isCut: true));
    }

    [Fact]
    public void Responses_are_estimated_by_their_deltas_and_not_by_what_repeats_them()
    {
        string[] events =
        [
            """{"type":"response.output_text.delta","delta":"12345678"}""",
            """{"type":"response.output_text.delta","delta" :"not a delta in this spelling"}""",
            """{"type":"response.output_text.delta","delta":"a\"b\\"}""",
            """{"type":"response.audio.delta","delta": "1234567890123"}""",
            """{"type":"response.output_text.done","text":"12345678 and all of it again, which nobody pays twice"}""",
        ];

        Read(Operation.Responses, [.. events.Select(Event)]).Settle(0, isCut: true).Output.Should().Be((8 + 6 + 13 + 3) / 4);
    }

    private static byte[] Event(string data) => Encoding.UTF8.GetBytes($"data: {data}\n\n");

    /// <summary>As a relay reads it, in pieces of 16 KiB; also with 50 output tokens as the provider's maximum.</summary>
    private static (TokenUsage Usage, TokenUsage Capped) Relay(Operation operation, params string[] events)
    {
        var reader = new StreamUsageReader(operation);
        using var filter = new RelayFilter(TerminalMarker.For(operation), hideUsageChunk: false, usage: reader);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));
        foreach (var piece in bytes.Chunk(16 * 1024))
        {
            filter.Filter(piece, output);
        }

        filter.Complete(output);
        output.WrittenSpan.SequenceEqual(bytes).Should().BeTrue("nothing is lost on the way");
        return (reader.Settle(100, isCut: false), reader.Settle(100, isCut: false, mostOutput: 50));
    }

    private static StreamUsageReader Read(Operation operation, params byte[][] pieces)
    {
        var reader = new StreamUsageReader(operation);
        using var events = new SseEventAssembler();
        foreach (var piece in pieces)
        {
            ReadOnlySpan<byte> rest = piece;
            rest = rest[events.TakeTail(rest)..];
            while (events.TryRead(ref rest, out var whole))
            {
                reader.Observe(SseEvent.Parse(whole));
            }
        }

        return reader;
    }
}
