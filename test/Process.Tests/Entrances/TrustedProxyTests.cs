using Gateway.Storage.Keys;

namespace Gateway.Process.Entrances;

public sealed class TrustedProxyTests
{
    private const int Burst = 100;

    [Fact]
    public async Task Who_fails_behind_a_trusted_proxy_is_slowed_down_alone()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await StartAsync(upstream, "127.0.0.1");

        (await FailAsync(gateway, "203.0.113.9", Burst + 50)).Should().Contain(HttpStatusCode.TooManyRequests);
        (await FailAsync(gateway, "198.51.100.1, 203.0.113.9", Burst / 2)).Should().Contain(HttpStatusCode.TooManyRequests);
        (await FailAsync(gateway, "203.0.113.10", Burst / 2)).Should().OnlyContain(status => status == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Without_trust_nobody_escapes_by_naming_another_address()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await StartAsync(upstream, trusted: "192.0.2.1");

        (await FailAsync(gateway, "203.0.113.9", Burst + 50)).Should().Contain(HttpStatusCode.TooManyRequests);
        (await FailAsync(gateway, "203.0.113.10", Burst / 2)).Should().Contain(HttpStatusCode.TooManyRequests);
    }

    private static Task<GatewayProcess> StartAsync(ScriptedUpstream upstream, string trusted) => GatewayProcess.StartAsync(new GatewaySetup
    {
        Manifest = new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "m") }.ToJsonString(),
        Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-0123456789abcdef"}""", ["GATEWAY_TRUSTED_PROXIES"] = trusted },
    });

    private static Task<HttpStatusCode[]> FailAsync(GatewayProcess gateway, string callers, int times) => Task.WhenAll(Enumerable.Range(0, times).Select(async _ =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", callers);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + ApiKeyText.Create());
        using var answer = await gateway.Client.SendAsync(request);
        return answer.StatusCode;
    }));

}
