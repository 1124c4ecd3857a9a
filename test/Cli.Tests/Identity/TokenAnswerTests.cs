using Gateway.Cli.Identity.Tokens;

namespace Gateway.Cli.Identity;

public sealed class TokenAnswerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"access_token":"a","token_type":"bearer","expires_in":60}""", 60)]
    [InlineData("""{"access_token":"a","expires_in":"60"}""", 60)]
    [InlineData("""{"access_token":"a","token_type":"Bearer"}""", null)]
    [InlineData("""{"access_token":"a","token_type":"Bearer","expires_in":-1}""", null)]
    [InlineData("""{"access_token":"a","token_type":"Bearer","expires_in":1e300}""", null)]
    public void A_bearer_token_is_taken_with_its_life(string body, int? seconds)
    {
        var credential = Of(body).Credential!;

        credential.AccessToken.Should().Be("a");
        credential.ExpiresAt.Should().Be(seconds is { } life ? Now.AddSeconds(life) : null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"access_token":""}""")]
    [InlineData("""{"access_token":1}""")]
    [InlineData("""{"access_token":"a","token_type":"DPoP"}""")]
    [InlineData("""{"access_token":"a\r\nX-Injected: 1","token_type":"Bearer"}""")]
    public void What_cannot_be_sent_as_a_bearer_token_is_refused(string body)
    {
        Of(body).Credential.Should().BeNull();
        Of(body).Error.Should().Be("no_bearer_token");
    }

    [Fact]
    public void The_reason_is_one_line() =>
        new TokenAnswer { Error = "invalid_grant", Description = "two\r\nlines\u001b[31m" }.Reason.Should().Be("invalid_grant: two lines[31m");

    private static TokenAnswer Of(string body) => TokenAnswer.Of(JsonNode.Parse(body)!.AsObject(), "chat", Now);
}
