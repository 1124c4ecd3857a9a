using System.Net.Http.Headers;
using System.Text;

namespace Gateway.Process.Rigs;

/// <summary>Reading a streamed answer while it arrives.</summary>
public sealed class StreamReading(HttpResponseMessage response, Stream body) : IAsyncDisposable
{
    private readonly List<byte> received = [];
    private readonly byte[] buffer = new byte[64 * 1024];

    public HttpResponseMessage Response { get; } = response;

    public byte[] Bytes => [.. received];

    public string Text => Encoding.UTF8.GetString(Bytes);

    public static async Task<StreamReading> OpenAsync(GatewayProcess gateway, string model, string? body = null)
    {
        var response = await gateway.PostAsync("/v1/chat/completions", body ?? Callers.ChatBody(model, stream: true));
        return new StreamReading(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Through a client of the test's own, which may reach the gateway another way.</summary>
    public static async Task<StreamReading> OpenAsync(HttpClient client, string key, string model)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Callers.ChatBody(model, stream: true), Encoding.UTF8, "application/json"),
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new StreamReading(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Reads on until the text so far satisfies the condition.</summary>
    public async Task UntilAsync(Func<string, bool> condition, string expectation)
    {
        using var bound = new CancellationTokenSource(Eventually.DefaultBound);
        while (!condition(Text))
        {
            var read = await body.ReadAsync(buffer, bound.Token);
            read.Should().BePositive("the stream must not end before {0}; so far: {1}", expectation, Text);
            received.AddRange(buffer.AsSpan(0, read));
        }
    }

    /// <summary>Reads to the end; the failure if the end is not a clean one.</summary>
    public async Task<Exception?> ToEndAsync()
    {
        using var bound = new CancellationTokenSource(Eventually.DefaultBound);
        try
        {
            int read;
            while ((read = await body.ReadAsync(buffer, bound.Token)) > 0)
            {
                received.AddRange(buffer.AsSpan(0, read));
            }

            return null;
        }
        catch (IOException failure)
        {
            return failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await body.DisposeAsync();
        Response.Dispose();
    }
}
