using System.Text;
using Gateway.Process.Rigs;

namespace Gateway.Process.Bodies;

public sealed class BodyRefusalTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    [Theory]
    [InlineData("""{"model":"baseline","model":"other","messages":[]}""", "model")]
    [InlineData("""{"model":"baseline","mod\u0065l":"other","messages":[]}""", "model")]
    [InlineData("""{"model":"baseline","Model":"other","messages":[]}""", "model")]
    [InlineData("""{"model":"baseline","messages":[],"stream":true,"STREAM":false}""", "stream")]
    [InlineData("""{"model":"baseline","messages":[],"max_tokens":1,"max_tokens":2}""", "max_tokens")]
    [InlineData("""{"messages":[]}""", "model")]
    [InlineData("""{"model":"","messages":[]}""", "model")]
    [InlineData("""{"model":7,"messages":[]}""", "model")]
    [InlineData("""{"model":null,"messages":[]}""", "model")]
    [InlineData("""{"model":"baseline","messages":[],"stream":"true"}""", "stream")]
    [InlineData("""{"model":"baseline","messages":"hello"}""", "messages")]
    [InlineData("""{"model":"baseline"}""", "messages")]
    public async Task A_doubtful_field_is_400_and_named(string body, string param)
    {
        using var response = await shared.Gateway.PostAsync("/v1/chat/completions", body);

        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        error.Param().Should().Be(param);
        error.Message().Should().Contain(param);
        error["type"]!.GetValue<string>().Should().Be("invalid_request_error");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"model\"")]
    [InlineData("{\"model\":\"baseline\",}")]
    [InlineData("{\"model\":\"baseline\",\"messages\":[]} trailing")]
    [InlineData("not json at all secret-value")]
    public async Task A_body_that_is_no_JSON_object_is_400_without_an_echo(string body)
    {
        using var response = await shared.Gateway.PostAsync("/v1/chat/completions", body);

        (await response.ErrorAsync(HttpStatusCode.BadRequest)).Message().Should().NotContain("secret-value");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_body_over_the_bound_is_413(bool lengthKnown)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new ByteArrayContent(Encoding.ASCII.GetBytes("{\"model\":\"baseline\",\"pad\":\"" + new string('x', 33 * 1024 * 1024) + "\"}")),
        };
        request.Headers.TransferEncodingChunked = !lengthKnown;
        request.Headers.ExpectContinue = true;
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + await shared.Gateway.CallerKeyAsync());

        using var response = await shared.Gateway.Client.SendAsync(request);

        (await response.ErrorAsync(HttpStatusCode.RequestEntityTooLarge)).Code().Should().Be("request_too_large");
    }

    [Fact]
    public async Task An_encoded_body_is_415_and_the_answer_names_what_is_supported()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", "zstd");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + await shared.Gateway.CallerKeyAsync());

        using var response = await shared.Gateway.Client.SendAsync(request);

        var error = await response.ErrorAsync(HttpStatusCode.UnsupportedMediaType);
        error.Code().Should().Be("unsupported_encoding");
        error.Message().Should().Contain("identity").And.Contain("gzip");
        response.Header("Accept-Encoding").Should().Be("br, gzip, deflate");
    }

    [Fact]
    public async Task An_unknown_model_is_404_with_the_callers_word()
    {
        using var response = await shared.Gateway.ChatAsync("gpt-99");

        var error = await response.ErrorAsync(HttpStatusCode.NotFound);
        error.Code().Should().Be("model_not_found");
        error.Message().Should().Contain("gpt-99").And.NotContain("baseline");
    }
}
