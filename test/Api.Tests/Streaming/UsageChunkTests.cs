using System.Text;
using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class UsageChunkTests
{
    [Theory]
    [InlineData("""{"id":"x","choices":[],"usage":{"prompt_tokens":1}}""")]
    [InlineData("""{ "usage" : { "prompt_tokens" : 1 } , "choices" : [ ] }""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":1},"obfuscation":"zz"}""")]
    [InlineData("""{"\ud800 a name":1,"us\udc00age":1,"choices":[],"usage":{"prompt_tokens":1}}""")]
    public void Empty_choices_with_usage_is_the_usage_chunk(string json) => Detect(json).Should().BeTrue();

    [Theory]
    [InlineData("""{"choices":[],"prompt_filter_results":[{"prompt_index":0}]}""")]
    [InlineData("""{"choices":[],"usage":null}""")]
    [InlineData("""{"choices":[{"index":0}],"usage":{"prompt_tokens":1}}""")]
    [InlineData("""{"choices":null,"usage":{"prompt_tokens":1}}""")]
    [InlineData("""{"usage":{"prompt_tokens":1}}""")]
    [InlineData("""{"inner":{"choices":[],"usage":{}}}""")]
    [InlineData("""{"choices":[],"usage":{"prompt_tokens":1}""")]
    [InlineData("""[{"choices":[],"usage":{}}]""")]
    [InlineData("[DONE]")]
    [InlineData("")]
    public void Any_other_chunk_is_not(string json) => Detect(json).Should().BeFalse();

    private static bool Detect(string json) => UsageChunk.Detect(Encoding.UTF8.GetBytes(json));
}
