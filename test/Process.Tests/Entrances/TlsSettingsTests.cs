using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Gateway.Testing.Tls;

namespace Gateway.Process.Entrances;

public sealed class TlsSettingsTests
{
    [Fact]
    public async Task A_renewed_certificate_is_shown_to_new_connections_and_breaks_no_open_one()
    {
        using var authority = new TestAuthority();
        using var home = new TempFolder();
        var (certificate, key) = (home.File("tls.crt"), home.File("tls.key"));
        Put(authority.ServerFiles("127.0.0.1", "first.example.org"), certificate, key);
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Home = home,
            Manifest = new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "m") }.ToJsonString(),
            Tls = (certificate, key),
            Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-0123456789abcdef"}""" },
        });
        using var open = Client(authority, gateway);
        (await open.GetAsync("/health/live")).Version.Should().Be(new Version(2, 0));
        var first = await ShownAsync(gateway);

        // One file after the other, as whoever copies them does; half of a pair changes nothing.
        File.Copy(authority.ServerFiles("127.0.0.1", "second.example.org").Key, key, overwrite: true);
        await Eventually.TrueAsync(() => gateway.Output.Contains("fit together", StringComparison.Ordinal), "the half pair is told");
        (await ShownAsync(gateway)).Should().Be(first);
        Put(authority.ServerFiles("127.0.0.1", "third.example.org"), certificate, key);
        await Eventually.TrueAsync(async () => await ShownAsync(gateway) != first, "the new certificate is shown");

        using var still = await open.GetAsync("/health/live");
        still.IsSuccessStatusCode.Should().BeTrue();
    }

    [Fact]
    public async Task Versions_before_1_2_are_refused_and_both_later_ones_speak_http_2()
    {
        using var authority = new TestAuthority();
        await using var upstream = ScriptedUpstream.Start();
        await using var gateway = await GatewayProcess.StartAsync(new GatewaySetup
        {
            Manifest = new JsonObject { ["one"] = ManifestEntries.Live(upstream.Url, "account", "m") }.ToJsonString(),
            Tls = authority.ServerFiles("127.0.0.1"),
            Environment = { ["METIS_API_TOKENS"] = """{"account":"sk-0123456789abcdef"}""" },
        });

        foreach (var version in (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13])
        {
            (await HandshakeAsync(gateway, version)).Should().Be(SslApplicationProtocol.Http2);
        }

#pragma warning disable SYSLIB0039, CA5397 // Old on purpose.
        var old = () => HandshakeAsync(gateway, SslProtocols.Tls11);
#pragma warning restore SYSLIB0039, CA5397
        await old.Should().ThrowAsync<Exception>();
    }

    [Theory]
    [InlineData("missing.crt", "tls.key", "missing")]
    [InlineData("tls.crt", "other.key", "fit together")]
    [InlineData("status.json", "tls.key", "fit together")]
    [InlineData("tls.crt", null, "GATEWAY_TLS_KEY_FILE")]
    [InlineData(null, "tls.key", "GATEWAY_TLS_CERT_FILE")]
    public async Task A_certificate_that_cannot_be_used_ends_the_start_with_one_line(string? certificate, string? key, string said)
    {
        using var authority = new TestAuthority();
        using var home = new TempFolder();
        Put(authority.ServerFiles("127.0.0.1"), home.File("tls.crt"), home.File("tls.key"));
        File.Copy(authority.ServerFiles("other.example.org").Key, home.File("other.key"));
        var environment = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = $"https://127.0.0.1:{FreePort.Next()}" };
        if (certificate is not null)
        {
            environment["GATEWAY_TLS_CERT_FILE"] = certificate;
        }

        if (key is not null)
        {
            environment["GATEWAY_TLS_KEY_FILE"] = key;
        }

        await using var gateway = GatewayProcess.Launch(new GatewaySetup { Home = home, Manifest = "{}", Environment = environment });

        (await gateway.Process.ExitAsync(Eventually.DefaultBound)).Should().Be(1);
        gateway.Output.Should().Contain("GATEWAY_TLS_").And.Contain(said).And.NotContain("   at ").And.NotContain("PRIVATE KEY");
    }

    private static void Put((string Certificate, string Key) made, string certificate, string key)
    {
        File.Copy(made.Certificate, certificate, overwrite: true);
        File.Copy(made.Key, key, overwrite: true);
    }

    private static HttpClient Client(TestAuthority authority, GatewayProcess gateway)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = authority.TrustPolicy();
        return new HttpClient(handler) { BaseAddress = new Uri(gateway.SecureOrigin), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    private static async Task<string> ShownAsync(GatewayProcess gateway)
    {
        var shown = "";
        await HandshakeAsync(gateway, SslProtocols.None, certificate => shown = certificate.GetCertHashString());
        return shown;
    }

    private static async Task<SslApplicationProtocol> HandshakeAsync(GatewayProcess gateway, SslProtocols versions, Action<X509Certificate>? see = null)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(gateway.SecureOrigin).Port);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "127.0.0.1",
            EnabledSslProtocols = versions,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                see?.Invoke(certificate!);
                return certificate is not null;
            },
        });
        return tls.NegotiatedApplicationProtocol;
    }
}
