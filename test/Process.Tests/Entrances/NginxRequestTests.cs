using System.Net.Http.Headers;
using System.Text;
using Gateway.Process.Rigs;

namespace Gateway.Process.Entrances;

public sealed class NginxRequestTests(GatewayBehindNginx shared) : IClassFixture<GatewayBehindNginx>
{
    private const int MiB = 1 << 20;

    [Theory]
    [InlineData("/admin/keys")]
    [InlineData("/ADMIN/keys")]
    [InlineData("/admin")]
    [InlineData("//admin/keys")]
    [InlineData("/v1/../admin/keys")]
    [InlineData("/%61dmin/keys")]
    [InlineData("/metrics")]
    [InlineData("/dashboard")]
    [InlineData("/openapi/v1.json")]
    public async Task Routes_of_operators_are_not_served_not_even_with_the_admin_key(string path)
    {
        var nginx = await shared.NginxAsync();

        var raw = await RawCaller.ExchangeAsync(nginx.Port, RawCaller.Get(path, shared.Gateway.AdminKey));

        raw.Should().StartWith("HTTP/1.1 404 ").And.Contain("\"code\":\"not_found\"");
    }

    [Theory]
    [InlineData("/openai/v1/models")]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/lab%2Fmodel")]
    [InlineData("/v1/models/lab/model")]
    [InlineData("/resource_server/metis/models")]
    [InlineData("/")]
    public async Task Routes_of_callers_pass_with_their_path_as_written(string path)
    {
        await using var upstream = ScriptedUpstream.Start();
        await shared.PublishAsync(shared.Entry(upstream, "lab/model"));
        var nginx = await shared.NginxAsync();

        var raw = await RawCaller.ExchangeAsync(nginx.Port, RawCaller.Get(path, await shared.Gateway.CallerKeyAsync()));

        raw.Should().StartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task A_stranger_with_a_large_body_gets_the_gateways_401()
    {
        using var client = await shared.ClientAsync();

        using var answer = await PostAsync(client, new string('x', 20 * MiB), "gw-stranger");

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).Should().Contain("invalid_api_key");
    }

    [Fact]
    public async Task A_large_body_passes_and_one_beyond_the_gateways_bound_gets_the_gateways_413()
    {
        using var client = await shared.ClientAsync();
        var key = await shared.Gateway.CallerKeyAsync();

        using var large = await PostAsync(client, $$"""{"model":"baseline","messages":[{"role":"user","content":"{{new string('x', 20 * MiB)}}"}]}""", key);
        using var tooLarge = await PostAsync(client, new string('x', 40 * MiB), key);

        large.StatusCode.Should().Be(HttpStatusCode.OK);
        tooLarge.StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await tooLarge.Content.ReadAsStringAsync()).Should().Contain("request_too_large");
    }

    [Fact]
    public async Task What_the_gateway_answers_passes_unchanged_errors_too()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(503));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        using var client = await shared.ClientAsync();
        var key = await shared.Gateway.CallerKeyAsync();

        using var behind = await PostAsync(client, Callers.ChatBody(model), key);
        using var unknown = await PostAsync(client, Callers.ChatBody("no-such-model"), key);

        ((int)behind.StatusCode).Should().BeOneOf(502, 503);
        (await behind.Content.ReadAsStringAsync()).Should().NotContain("No front-end");
        behind.Header("x-gateway-request-id").Should().NotBeNullOrEmpty();
        unknown.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await unknown.Content.ReadAsStringAsync()).Should().Contain("model_not_found");
    }

    [Fact]
    public async Task The_access_log_holds_no_credential()
    {
        var nginx = await shared.NginxAsync();
        var key = await shared.Gateway.CallerKeyAsync();

        await RawCaller.ExchangeAsync(nginx.Port, RawCaller.Get($"/v1/models?api-key={key}", key));

        await Eventually.TrueAsync(() => nginx.Output.Contains("\"path\":\"/v1/models\"", StringComparison.Ordinal), "the call is logged");
        nginx.Output.Should().NotContain(key);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await client.SendAsync(request);
    }
}
