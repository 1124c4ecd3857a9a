using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Api.Tests.Streaming;

/// <summary>Streams over TLS, where HTTP/2 resets the stream only and HTTP/1.1 has no socket of plain bytes.</summary>
public sealed class Http2Tests
{
    private const string Delta = """data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}""" + "\n\n";

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_whole_stream_arrives(string version)
    {
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, Delta + "data: [DONE]\n\n");
        using var certificate = SelfSigned();
        await using var host = await StreamHost.StartAsync(upstream, certificate: certificate);
        using var client = Client(certificate);

        using var response = await client.SendAsync(Request(host, version), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        response.Version.Should().Be(Version.Parse(version));
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Should().Be(Delta + "data: [DONE]\n\n");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_cut_stream_delivers_its_error_event_and_breaks_off(string version)
    {
        await using var upstream = Cuts.Upstream(Cut.CleanEndWithoutMarker, Delta);
        using var certificate = SelfSigned();
        await using var host = await StreamHost.StartAsync(upstream, certificate: certificate);
        using var client = Client(certificate);
        using var response = await client.SendAsync(Request(host, version), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        var received = new List<byte>();
        var reading = async () =>
        {
            using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            var buffer = new byte[4096];
            for (int read; (read = await body.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0;)
            {
                received.AddRange(buffer.AsSpan(0, read));
            }
        };

        await reading.Should().ThrowAsync<IOException>();
        Encoding.UTF8.GetString([.. received]).Should().StartWith(Delta).And.Contain("\"code\":\"stream_cut\"").And.EndWith("}\n\n");
        (await host.OutcomeAsync()).Failure.Should().Be(UpstreamFailure.Cut);
    }

    [Fact]
    public async Task Over_HTTP_2_a_caller_that_leaves_closes_the_upstream()
    {
        await using var upstream = new ScriptedUpstream(async connection =>
        {
            await connection.SendAsync(UpstreamConnection.Chunked);
            await connection.ChunkAsync(Delta);
        });
        using var certificate = SelfSigned();
        await using var host = await StreamHost.StartAsync(upstream, certificate: certificate);
        using var client = Client(certificate);
        var response = await client.SendAsync(Request(host, "2.0"), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        response.Dispose();

        await upstream.Closed.Task.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    private static HttpRequestMessage Request(StreamHost host, string version) => new(HttpMethod.Post, new Uri(host.Uri, "v1/chat/completions"))
    {
        Version = Version.Parse(version),
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = new StringContent("{}"),
    };

    private static HttpClient Client(X509Certificate2 trusted) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == trusted.GetCertHashString(),
        },
    });

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
