using Gateway.Process.Rigs;

namespace Gateway.Process.Browsers;

public sealed class SecurityHeaderTests(TlsGateway shared) : IClassFixture<TlsGateway>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/health/ready")]
    [InlineData("/v1/models")]
    [InlineData("/v1/me/keys")]
    [InlineData("/admin/keys")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/no/such/route")]
    [InlineData("/resource_server/whoami")]
    public async Task Every_answer_of_ours_is_what_it_says_is_kept_by_nobody_and_allows_nothing(string path)
    {
        using var answer = await shared.Gateway.AdminAsync(HttpMethod.Get, path);

        answer.Header("X-Content-Type-Options").Should().Be("nosniff");
        answer.Header("Content-Security-Policy").Should().Contain("default-src 'none'").And.Contain("frame-ancestors 'none'");
        answer.Header("Referrer-Policy").Should().Be("no-referrer");
        answer.Header("Cache-Control").Should().Be("no-store");
        answer.Header("Server").Should().BeNull();
        answer.Header("Set-Cookie").Should().BeNull();
        answer.Header("Strict-Transport-Security").Should().BeNull("nobody asked for it");
    }

    [Fact]
    public async Task A_new_keys_text_is_kept_by_nobody()
    {
        using var answer = await shared.Gateway.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = "shown once" });

        answer.StatusCode.Should().Be(HttpStatusCode.Created);
        answer.Header("Cache-Control").Should().Be("no-store");
    }

    [Fact]
    public async Task A_refusal_of_inference_is_no_page()
    {
        using var answer = await shared.Gateway.PostAsync("/v1/chat/completions", "{}", "wrong");

        answer.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        answer.Header("X-Content-Type-Options").Should().Be("nosniff");
        answer.Header("Server").Should().BeNull();
    }

    [Fact]
    public async Task The_pages_style_is_allowed_by_its_hash_alone()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Accept.ParseAdd("text/html");

        using var answer = await shared.Gateway.Client.SendAsync(request);

        var page = await answer.Content.ReadAsStringAsync();
        var style = page.Split("<style>")[1].Split("</style>")[0];
        var hash = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style)));
        answer.Header("Content-Security-Policy").Should().Contain($"style-src 'sha256-{hash}'").And.NotContain("unsafe");
        page.Should().NotContain("<script").And.NotContain("style=");
    }
}
