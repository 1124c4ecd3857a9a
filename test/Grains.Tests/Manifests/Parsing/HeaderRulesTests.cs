using FsCheck.Fluent;
using Gateway.Grains.Manifests.Parsing;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Manifests.Parsing;

public sealed class HeaderRulesTests
{
    [Theory]
    [InlineData("X-Team")]
    [InlineData("OpenAI-Organization")]
    [InlineData("anthropic-version")]
    [InlineData("x_custom.header~1")]
    public void Ordinary_headers_may_be_set(string name) => HeaderRules.Refusal(name).Should().BeNull();

    [Theory]
    [InlineData("Authorization", "METIS_API_TOKENS")]
    [InlineData("PROXY-AUTHORIZATION", "METIS_API_TOKENS")]
    [InlineData("X-Goog-Api-Key", "METIS_API_TOKENS")]
    [InlineData("Ocp-Apim-Subscription-Key", "METIS_API_TOKENS")]
    [InlineData("Set-Cookie", "METIS_API_TOKENS")]
    [InlineData("connection", "sets itself")]
    [InlineData("TE", "sets itself")]
    [InlineData("Expect", "sets itself")]
    [InlineData("Content-Type", "sets itself")]
    [InlineData("a:b", "not a valid")]
    [InlineData("a b", "not a valid")]
    [InlineData("ä", "not a valid")]
    public void Credentials_framing_and_invalid_names_are_refused_with_the_way_out(string name, string named) =>
        HeaderRules.Refusal(name).Should().Contain(named);

    [Fact]
    public void A_value_that_passes_cannot_end_the_header_line() =>
        Properties.Check(Gen.ListOf(Gen.Choose(0, 0x17F)).Select(codes => new string([.. codes.Select(code => (char)code)])), value =>
        {
            if (HeaderRules.IsValue(value))
            {
                value.Should().NotContainAny("\r", "\n", "\0").And.Match(text => text.All(char.IsAscii));
            }
            else
            {
                value.Any(character => character is not ('\t' or (>= ' ' and <= '~'))).Should().BeTrue();
            }
        });
}
