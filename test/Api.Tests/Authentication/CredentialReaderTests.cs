using Gateway.Api.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Tests.Authentication;

public sealed class CredentialReaderTests
{
    [Theory]
    [InlineData("Bearer abc", null, null, "abc")]
    [InlineData("bearer   abc  ", null, null, "abc")]
    [InlineData(null, "abc", null, "abc")]
    [InlineData(null, null, "abc", "abc")]
    [InlineData("Bearer one", "two", "three", "one")]
    [InlineData(null, "two", "three", "two")]
    [InlineData("Basic dTpw", "two", null, "two")]
    public void The_first_header_that_is_present_wins(string? authorization, string? xApiKey, string? apiKey, string expected)
    {
        CredentialReader.Read(Headers(authorization, xApiKey, apiKey), out var credential).Should().BeNull();

        credential.ToString().Should().Be(expected);
    }

    [Theory]
    [InlineData(null, null, null, "Authorization: Bearer <key or token>")]
    [InlineData("Basic dTpw", null, null, "'Authorization' must have the form 'Bearer")]
    [InlineData("Bearerabc", null, null, "'Authorization' must have the form 'Bearer")]
    [InlineData("Bearer", "two", null, "'Authorization' has no key")]
    [InlineData("Bearer ", null, null, "'Authorization' has no key")]
    [InlineData(null, "", "three", "'x-api-key' has no key")]
    [InlineData(null, null, " ", "'api-key' has no key")]
    public void What_is_wrong_is_said_with_the_name_of_the_header(string? authorization, string? xApiKey, string? apiKey, string text)
    {
        var error = CredentialReader.Read(Headers(authorization, xApiKey, apiKey), out _);

        error!.Status.Should().Be(401);
        error.Message.Should().Contain(text);
        error.Challenge.Should().StartWith("Bearer");
    }

    [Theory]
    [InlineData("Authorization")]
    [InlineData("x-api-key")]
    [InlineData("api-key")]
    public void A_header_that_comes_twice_is_refused(string header)
    {
        var headers = new HeaderDictionary { [header] = new StringValues(["Bearer one", "Bearer two"]) };

        CredentialReader.Read(headers, out _)!.Message.Should().Contain("more than once");
    }

    [Fact]
    public void An_endless_credential_is_refused_without_being_shown()
    {
        var error = CredentialReader.Read(Headers("Bearer " + new string('a', CredentialReader.MaxLength + 1), null, null), out _);

        error!.Status.Should().Be(401);
        error.Message.Length.Should().BeLessThan(200);
    }

    private static HeaderDictionary Headers(string? authorization, string? xApiKey, string? apiKey)
    {
        var headers = new HeaderDictionary();
        Add("Authorization", authorization);
        Add("x-api-key", xApiKey);
        Add("api-key", apiKey);
        return headers;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers[name] = value;
            }
        }
    }
}
