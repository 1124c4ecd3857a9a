using System.Text;
using Gateway.Abstractions.Usage;
using Gateway.Api.Http;
using Gateway.Api.Usage.Metering;

namespace Gateway.Api.Tests.Usage.Metering;

public sealed class UnaryUsageReaderTests
{
    private const int RequestBytes = 400;

    [Theory]
    [MemberData(nameof(UsageShapes.Unary), MemberType = typeof(UsageShapes))]
    public void Each_providers_answer_is_charged_as_it_counts(string provider, Operation operation, string answer, TokenUsage expected) =>
        Read(operation, Encoding.UTF8.GetBytes(answer)).Should().Be(expected, "that is what {0} says", provider);

    [Theory]
    [MemberData(nameof(UsageShapes.Unary), MemberType = typeof(UsageShapes))]
    public void Where_the_answer_is_split_makes_no_difference(string provider, Operation operation, string answer, TokenUsage expected)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        for (var first = 0; first <= bytes.Length; first++)
        {
            Read(operation, bytes[..first], bytes[first..]).Should().Be(expected, "{0}, split at {1}", provider, first);
        }

        Read(operation, [.. bytes.Select(single => new[] { single })]).Should().Be(expected);
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":"{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}"}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"\"usage"}}],"x":{"prompt_tokens":1,"completion_tokens":1}}""")]
    [InlineData("""{"object":"usage","y":{"prompt_tokens":1,"completion_tokens":1}}""")]
    [InlineData("""{"choices":["usage",{"prompt_tokens":1,"completion_tokens":1}]}""")]
    [InlineData("""{"tools":[{"parameters":{"properties":{"usage":{"prompt_tokens":1,"completion_tokens":1}}}}]}""")]
    [InlineData("""{"metadata":{"usage":{"prompt_tokens":1,"completion_tokens":1}}}""")]
    [InlineData("""{"a\"usage":{"prompt_tokens":1,"completion_tokens":1}}""")]
    [InlineData("""{"\"usage":{"prompt_tokens":1,"completion_tokens":1}}""")]
    [InlineData("""{"\\\"usage":{"prompt_tokens":1,"completion_tokens":1},"usage2":{"prompt_tokens":1}}""")]
    [InlineData("""{"Usage":{"prompt_tokens":1,"completion_tokens":1},"usag":{"prompt_tokens":1}}""")]
    [InlineData("""{"usage":null,"usage":"x","usage":[{"prompt_tokens":1,"completion_tokens":1}]}""")]
    [InlineData("""{"usage":{"prompt_tokens":1,"completion_tokens":1""")]
    [InlineData("""[{"usage":{"prompt_tokens":1,"completion_tokens":1}}]""")]
    [InlineData("""{"a":1}{"usage":{"prompt_tokens":1,"completion_tokens":1}}""")]
    [InlineData("""<html>{"usage":{"prompt_tokens":1,"completion_tokens":1}}""")]
    [InlineData("""{"usage":{"prompt_tokens":1,,"completion_tokens":1}}""")]
    [InlineData("""{"usage":{"a":{"prompt_tokens":1,"completion_tokens":1}}}""")]
    [InlineData("}}}}")]
    [InlineData("")]
    public void What_only_looks_like_the_answers_usage_does_not_count(string answer)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        for (var first = 0; first <= bytes.Length; first++)
        {
            Read(Operation.ChatCompletions, bytes[..first], bytes[first..]).Should().Be(
                new TokenUsage { Input = RequestBytes / 4, Output = (bytes.Length + 3) / 4, IsEstimated = true }, "split at {0}", first);
        }
    }

    [Fact]
    public void The_usage_is_found_behind_contents_that_imitate_it()
    {
        const string answer =
            """
            {"choices":[{"message":{"content":"}}]\"usage\":{\"prompt_tokens\":9}\\","tool_calls":[{"usage":{"prompt_tokens":7}}]}}],"a":"\"usage","usage":{"prompt_tokens":3,"completion_tokens":4}}
            """;

        Read(Operation.ChatCompletions, Encoding.UTF8.GetBytes(answer)).Should().Be(new TokenUsage { Input = 3, Output = 4 });
    }

    [Fact]
    public void An_embedding_without_usage_has_no_output() =>
        Read(Operation.Embeddings, "{\"data\":[]}"u8.ToArray()).Should().Be(new TokenUsage { Input = RequestBytes / 4, IsEstimated = true });

    [Fact]
    public void A_usage_object_of_absurd_size_is_not_kept()
    {
        var large = Encoding.UTF8.GetBytes("{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"x\":\"" + new string('x', MemberScanner.MaxCarried) + "\"}}");

        Read(Operation.ChatCompletions, large[..50], large[50..]).IsEstimated.Should().BeTrue();
        Read(Operation.ChatCompletions, large).Should().Be(new TokenUsage { Input = 3, Output = 4 }, "in one piece nothing needs to be kept");
    }

    [Fact]
    public void Passing_bytes_allocates_nothing()
    {
        var piece = Encoding.UTF8.GetBytes("""{"choices":[{"message":{"content":"a \"usage\" of \n text"}}],"data":[0.1,0.2,0.3],""");
        var more = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"x":["y",-0.123456]},""", 1_000)));

        Enumerable.Range(0, 5).Select(_ => Measure()).ToArray().Should().EndWith(0L);

        long Measure()
        {
            var reader = new UnaryUsageReader(Operation.Embeddings);
            var before = GC.GetAllocatedBytesForCurrentThread();
            reader.Read(piece);
            reader.Read(more);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static TokenUsage Read(Operation operation, params byte[][] pieces)
    {
        var reader = new UnaryUsageReader(operation);
        foreach (var piece in pieces)
        {
            reader.Read(piece);
        }

        return reader.Settle(RequestBytes);
    }
}
