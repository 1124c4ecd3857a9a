using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;

namespace Gateway.Conformance.Dotnet;

/// <summary>The OpenAI package as an application sets it up: a base address and a key.</summary>
internal static class DotnetClient
{
    public static async Task<OpenAIClient> ForAsync(GatewayProcess gateway, string? key = null) =>
        new(
            new ApiKeyCredential(key ?? await gateway.CallerKeyAsync()),
            new OpenAIClientOptions { Endpoint = new Uri(gateway.Origin + "/v1"), RetryPolicy = new ClientRetryPolicy(0) });
}
