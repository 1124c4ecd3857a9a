using Gateway.Api.Usage.Metering;

namespace Gateway.Api.Tests.Usage.Metering;

public sealed class TokenRuleTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(long.MaxValue, (long.MaxValue / 4) + 1)]
    public void Four_bytes_are_a_token(long bytes, long tokens) => TokenRule.Tokens(bytes).Should().Be(tokens);
}
