using System.Text;
using Gateway.Api.Forwarding.Attempts;

namespace Gateway.Api.Tests.Forwarding.Attempts;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("{}", true)]
    [InlineData(" [1] \n", true)]
    [InlineData("plain text", true)]
    [InlineData("", false)]
    [InlineData(" \n", false)]
    [InlineData("\ufeff[]", true)]
    [InlineData("\ufeff[", false)]
    [InlineData("{\"a\":1", false)]
    [InlineData("[", false)]
    [InlineData("{} {}", false)]
    public void Objects_and_arrays_must_be_complete(string text, bool whole) => JsonText.IsWhole(Encoding.UTF8.GetBytes(text)).Should().Be(whole);

    [Theory]
    [InlineData("", true)]
    [InlineData(" \r\n\t", true)]
    [InlineData("\ufeff\n", true)]
    [InlineData(" 0", false)]
    [InlineData("\0", false)]
    public void White_space_alone_is_no_content(string text, bool blank) => JsonText.IsBlank(Encoding.UTF8.GetBytes(text)).Should().Be(blank);

    [Theory]
    [InlineData("""{"error":{}}""", true)]
    [InlineData("""{"a":[{}],"error":"x"}""", true)]
    [InlineData("""{"error":null,"error":"x"}""", true)]
    [InlineData("""{"error":"x","error":null}""", false)]
    [InlineData("""{"error":""}""", false)]
    [InlineData("""{"a":{"error":"x"}}""", false)]
    [InlineData("""{"error":"x"} {}""", false)]
    [InlineData("{\"error\":\"x\"", false)]
    [InlineData("""{"\ud800":1,"error":"x"}""", true)]
    [InlineData("""["error","x"]""", false)]
    [InlineData("{}", false)]
    [InlineData("{", false)]
    [InlineData("<html>", false)]
    [InlineData("", false)]
    public void Only_a_whole_object_has_an_error(string text, bool hasError) => JsonText.HasError(Encoding.UTF8.GetBytes(text)).Should().Be(hasError);
}
