using System.Text;
using Gateway.Api.Streaming;

namespace Gateway.Api.Tests.Streaming;

public sealed class ErrorInSuccessTests
{
    [Theory]
    [InlineData("""{"error":{"message":"overloaded"}}""")]
    [InlineData("""{"error":"overloaded"}""")]
    [InlineData("""{"type":"error","error":{"type":"overloaded_error"}}""")]
    [InlineData("""  { "id" : "x", "usage" : {"data":1}, "error" : {"code":503} } """)]
    [InlineData("""{"type":"error","code":"server_error","message":"x"}""")]
    [InlineData("""{"choices":null,"error":{"code":503}}""")]
    [InlineData("""{"object":"error","error":{"code":503}}""")]
    [InlineData("""{"object":"error","message":"engine dead","type":"internal","param":null,"code":500}""")]
    [InlineData("""{"message":"engine dead","data":null,"object" : "error"}""")]
    [InlineData("""{"\ud800 a name":1,"error":{"code":503},"ob\udc00ject":"\ud800 a text"}""")]
    [InlineData("\uFEFF{\"error\":{\"code\":503}}")]
    public void An_error_without_an_answer_is_an_error(string json) => Detect(json).Should().BeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"error":null}""")]
    [InlineData("""{"error":{"code":1},"choices":[]}""")]
    [InlineData("""{"choices":[{"message":{"content":"\"error\""}}],"error":{"code":1}}""")]
    [InlineData("""{"error":{"code":1},"data":[]}""")]
    [InlineData("""{"error":{"code":1},"output":[]}""")]
    [InlineData("""{"error":{"code":1},"content":[]}""")]
    [InlineData("""{"error":{"code":1},"object":"response","status":"failed"}""")]
    [InlineData("""{"object":"error","choices":[]}""")]
    [InlineData("""{"data":[],"object":"error"}""")]
    [InlineData("""{"object":"list","message":"error","inner":{"object":"error"}}""")]
    [InlineData("""{"id":"x","inner":{"error":{"code":1}}}""")]
    [InlineData("""["error"]""")]
    [InlineData("""<html>"error"</html>""")]
    [InlineData("""{"error" oops""")]
    public void Anything_else_is_not(string json) => Detect(json).Should().BeFalse();

    [Fact]
    public void In_mid_stream_an_error_counts_beside_parts_of_an_answer()
    {
        var json = """{"choices":[{"index":0}],"error":{"code":1}}"""u8;

        ErrorInSuccess.Detect(json).Should().BeFalse();
        ErrorInSuccess.DetectBesideAnswer(json).Should().BeTrue();
        ErrorInSuccess.DetectBesideAnswer("""{"choices":[],"error":null}"""u8).Should().BeFalse();
        ErrorInSuccess.DetectBesideAnswer("""{"choices":[],"object":"error"}"""u8).Should().BeFalse();
    }

    [Fact]
    public void A_truncated_body_is_judged_by_what_is_there()
    {
        Detect("""{"error":{"message":"long"},"details":"aaaaaaaaaa""").Should().BeTrue();
        Detect("""{"error":{"message":"lo""").Should().BeTrue();
        Detect("""{"model":"error","error":""").Should().BeFalse();
    }

    private static bool Detect(string json) => ErrorInSuccess.Detect(Encoding.UTF8.GetBytes(json));
}
