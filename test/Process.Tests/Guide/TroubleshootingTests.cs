using Gateway.Process.Rigs;

namespace Gateway.Process.Guide;

/// <summary>The guide's four troubleshooting headings; the README quotes what these tests see.</summary>
public sealed class TroubleshootingTests(SharedGateway shared) : IClassFixture<SharedGateway>
{
    private static readonly string Readme = Path.Combine(RepositoryRoot.Path, "README.md");

    [Fact]
    public async Task Gateway_cannot_fetch_the_status_manifest()
    {
        await using var gateway = GatewayProcess.Launch(new GatewaySetup
        {
            Environment =
            {
                ["METIS_STATUS_URL"] = $"http://127.0.0.1:{FreePort.Next()}/status.json",
                ["METIS_API_TOKENS"] = """{"account":"sk-account"}""",
            },
        });
        await Eventually.TrueAsync(() => gateway.Output.Split('\n').Any(line => line.Contains("metis", StringComparison.Ordinal) && line.Contains("127.0.0.1", StringComparison.Ordinal)), "the log names the host");

        HttpResponseMessage? refused = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    refused = await gateway.PostAsync("/v1/chat/completions", Callers.ChatBody("gpt-4"), gateway.AdminKey);
                    return refused.Header("Content-Type") == "application/json";
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the gateway listens without a manifest");
        var error = await refused!.ErrorAsync(HttpStatusCode.ServiceUnavailable);
        error.Code().Should().Be("not_ready");
        await ExpectQuotedAsync(error.Message());
        using var live = await gateway.Client.GetAsync("/health/live");
        live.StatusCode.Should().Be(HttpStatusCode.OK);
        refused!.Dispose();
    }

    [Fact]
    public async Task Authentication_errors_from_the_provider()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(401));
        var model = await shared.PublishInOrderAsync(upstream.Url);

        using var response = await shared.Gateway.ChatAsync(model);

        var error = await response.ErrorAsync(HttpStatusCode.BadGateway);
        error.Code().Should().Be("upstream_auth");
        await ExpectQuotedAsync(error.Message().Replace(model, "gpt-4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Model_not_found()
    {
        using var response = await shared.Gateway.ChatAsync("gpt-4");

        var error = await response.ErrorAsync(HttpStatusCode.NotFound);
        error.Code().Should().Be("model_not_found");
        await ExpectQuotedAsync(error.Message());
    }

    [Fact]
    public async Task Rate_limiting_errors()
    {
        await using var upstream = ScriptedUpstream.Start(Replies.Status(429, ("Retry-After", "20")));
        var model = await shared.PublishInOrderAsync(upstream.Url);
        (await shared.Gateway.ChatAsync(model)).Dispose();

        using var response = await shared.Gateway.ChatAsync(model);

        var error = await response.ErrorAsync(HttpStatusCode.TooManyRequests);
        response.Header("Retry-After").Should().NotBeNull();
        await ExpectQuotedAsync(error.Message().Replace(model, "gpt-4", StringComparison.Ordinal));
    }

    private static async Task ExpectQuotedAsync(string message) =>
        (await File.ReadAllTextAsync(Readme)).ReplaceLineEndings(" ").Should().Contain(message);
}
