using System.Net.Http.Headers;
using System.Text;
using Gateway.Process.Rigs;

namespace Gateway.Process.Entrances;

public sealed class TlsManagementTests(TlsGateway shared) : IClassFixture<TlsGateway>
{
    [Theory]
    [InlineData("{\"overlap_seconds\":0}", false)]
    [InlineData("", true)]
    public async Task A_body_whose_length_nobody_states_counts_on_HTTP_2(string body, bool oldKeyLives)
    {
        using var client = shared.Client(HttpVersion.Version20);
        var key = await shared.Gateway.CreateKeyAsync(new JsonObject { ["name"] = "leaked" });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/admin/keys/{(string)key["id"]!}/rotate")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new UnstatedLength(Encoding.UTF8.GetBytes(body)),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shared.Gateway.AdminKey);

        using var rotated = await client.SendAsync(request, TestContext.Current.CancellationToken);

        rotated.StatusCode.Should().Be(HttpStatusCode.OK, await rotated.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var old = await shared.Gateway.GetAsync("/v1/models", (string)key["key"]!);
        old.StatusCode.Should().Be(oldKeyLives ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
    }

    private sealed class UnstatedLength(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
