using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;

namespace Gateway.Conformance.Dotnet;

/// <summary>The OpenAI package as an application sets it up: a base address and a key.</summary>
internal static class DotnetClient
{
    public static Task<OpenAIClient> ForAsync(GatewayProcess gateway, string? key = null) => ForAsync(gateway, gateway.Origin, key);

    /// <param name="gateway">Makes the key where none is given.</param>
    /// <param name="origin">Another way to the same gateway.</param>
    /// <param name="key">Null: that of an ordinary caller.</param>
    /// <param name="http">The connections; null: the package's own.</param>
    public static async Task<OpenAIClient> ForAsync(GatewayProcess gateway, string origin, string? key = null, HttpClient? http = null)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(origin + "/v1"), RetryPolicy = new ClientRetryPolicy(0) };
        if (http is not null)
        {
            options.Transport = new HttpClientPipelineTransport(http);
        }

        return new OpenAIClient(new ApiKeyCredential(key ?? await gateway.CallerKeyAsync()), options);
    }
}
