using System.Text;
using Gateway.Api.Errors;
using Microsoft.AspNetCore.Http;

namespace Gateway.Api.Tests.Errors;

public sealed class ErrorWriterTests
{
    [Fact]
    public async Task Waits_are_rounded_up_and_never_nothing()
    {
        (await WriteAsync(UpstreamErrors.KeyRefused() with { RetryAfter = TimeSpan.FromMilliseconds(1) })).Headers.RetryAfter.ToString().Should().Be("1");
        (await WriteAsync(UpstreamErrors.KeyRefused() with { RetryAfter = TimeSpan.FromSeconds(60.2) })).Headers.RetryAfter.ToString().Should().Be("61");
        (await WriteAsync(GatewayErrors.ModelNotFound("m"))).Headers.RetryAfter.Should().BeEmpty();
    }

    [Fact]
    public async Task Head_has_the_headers_of_the_answer_and_no_body()
    {
        var response = await WriteAsync(GatewayErrors.ModelNotFound("m"), "HEAD");

        response.ContentLength.Should().BeGreaterThan(0);
        response.Body.Length.Should().Be(0);
    }

    [Fact]
    public async Task A_providers_body_is_sent_as_it_is()
    {
        var response = await WriteAsync(UpstreamErrors.Rejected(422) with { Provider = new ProviderErrorBody("raw"u8.ToArray(), "text/plain") });

        response.StatusCode.Should().Be(422);
        response.ContentType.Should().Be("text/plain");
        Encoding.UTF8.GetString(((MemoryStream)response.Body).ToArray()).Should().Be("raw");
    }

    [Fact]
    public void A_budget_says_in_both_dialects_when_it_opens_again()
    {
        var error = UpstreamErrors.OutOfQuota() with { ResetAt = DateTimeOffset.UnixEpoch };

        ((string)ErrorWriter.ToJson(error)["error"]!["reset_at"]!).Should().Be("1970-01-01T00:00:00Z");
        ((string)AnthropicErrors.ToJson(error, "id-1")["error"]!["reset_at"]!).Should().Be("1970-01-01T00:00:00Z");
    }

    private static async Task<HttpResponse> WriteAsync(GatewayError error, string method = "POST")
    {
        var context = new DefaultHttpContext { Request = { Method = method }, Response = { Body = new MemoryStream() } };
        await ErrorWriter.WriteAsync(context, error);
        return context.Response;
    }
}
