using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;

namespace Gateway.Conformance.Dotnet;

/// <summary>The OpenAI package as an application sets it up: a base address and a key.</summary>
internal static class DotnetClient
{
    public static async Task<OpenAIClient> ForAsync(GatewayProcess gateway, string? key = null) =>
        At(gateway.Origin, key ?? await gateway.CallerKeyAsync());

    /// <param name="origin">The gateway's own, or another way to it.</param>
    /// <param name="key">An API key.</param>
    /// <param name="http">The connections; null: the package's own.</param>
    /// <param name="retries">As often as the package does of itself, else not at all.</param>
    public static OpenAIClient At(string origin, string key, HttpClient? http = null, bool retries = false)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(origin + "/v1"), RetryPolicy = retries ? ClientRetryPolicy.Default : new ClientRetryPolicy(0) };
        if (http is not null)
        {
            options.Transport = new HttpClientPipelineTransport(http);
        }

        return new OpenAIClient(new ApiKeyCredential(key), options);
    }
}
