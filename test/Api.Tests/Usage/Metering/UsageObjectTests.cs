using System.Text;
using Gateway.Api.Http;
using Gateway.Api.Usage.Metering;

namespace Gateway.Api.Tests.Usage.Metering;

public sealed class UsageObjectTests
{
    [Theory]
    [InlineData("5", 5)]
    [InlineData("0", 0)]
    [InlineData("5.0", 5)]
    [InlineData("5.2", 6)]
    [InlineData("1e3", 1000)]
    [InlineData("1000000000", 1_000_000_000)]
    public void A_count_is_a_number_in_range_and_fractions_are_rounded_up(string text, long expected) => Read(text).Input.Should().Be(expected);

    [Theory]
    [InlineData("""{"prompt_tokens":7,"\ud800 a name of some length":1}""")]
    [InlineData("""{"\udfff":{"cached_tokens":1},"prompt_tokens":7}""")]
    [InlineData("""{"prompt_tokens_details":{"\ud800 cached":1},"prompt_tokens":7}""")]
    public void A_name_that_is_no_text_is_none_of_ours(string usage) => UsageObject.Read(Encoding.UTF8.GetBytes(usage)).Input.Should().Be(7);

    [Theory]
    [InlineData("-1")]
    [InlineData("-0.5")]
    [InlineData("1000000001")]
    [InlineData("9223372036854775808")]
    [InlineData("1e30")]
    [InlineData("1e400")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("\"5\"")]
    [InlineData("{}")]
    [InlineData("[5]")]
    public void Anything_else_counts_as_absent(string text) => Read(text).Input.Should().BeNull();

    [Theory]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}""", 100, 50, true)]
    [InlineData("""{"prompt_tokens":10}""", 10, 50, true)]
    [InlineData("""{"completion_tokens":10}""", 100, 10, true)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":-1}""", 10, 50, true)]
    [InlineData("""{"prompt_tokens":10,"total_tokens":10}""", 10, 0, false)]
    [InlineData("""{"prompt_tokens":10,"total_tokens":25}""", 10, 15, false)]
    [InlineData("""{"completion_tokens":10,"total_tokens":25}""", 15, 10, false)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"total_tokens":3}""", 10, 5, false)]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":5,"completion_tokens_details":{"reasoning_tokens":1e12}}""", 10, 5, false)]
    public void What_is_missing_follows_from_the_total_or_is_estimated_and_marked(string json, long input, long output, bool isEstimated)
    {
        var usage = Settlement.Of(UsageObject.Read(Encoding.UTF8.GetBytes(json)), Operation.ChatCompletions, estimatedInput: 100, estimatedOutput: 50);

        (usage.Input, usage.Output, usage.IsEstimated).Should().Be((input, output, isEstimated));
    }

    [Fact]
    public void Parts_never_exceed_their_whole()
    {
        var counts = new UsageCounts { Input = 5, AudioInput = 50, Output = 6, AudioOutput = 60 };

        var usage = Settlement.Of(counts, Operation.ChatCompletions, 0, 0);

        (usage.AudioInput, usage.AudioOutput).Should().Be((5, 6));
    }

    private static UsageCounts Read(string number) => UsageObject.Read(Encoding.UTF8.GetBytes($$"""{"x":{"prompt_tokens":77},"prompt_tokens":{{number}},"output_tokens":1}"""));
}
