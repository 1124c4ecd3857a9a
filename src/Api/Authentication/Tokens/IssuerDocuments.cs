using System.Net;
using Microsoft.IdentityModel.Protocols;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>Fetches discovery documents and key sets: https only, except from loopback; no redirects, at most 1 MiB.</summary>
/// <param name="timeout">Bound of one fetch; a caller may be waiting for it.</param>
/// <param name="proxy">Knows which addresses it is for, loopback never; null: none.</param>
internal sealed class IssuerDocuments(TimeSpan timeout, IWebProxy? proxy = null) : IDocumentRetriever, IDisposable
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private const int MaxBytes = 1024 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        Proxy = proxy,
        UseProxy = proxy is not null,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = timeout,
        MaxResponseContentBufferSize = MaxBytes,
    };

    /// <summary>The key set's address comes from the discovery document, so every address is checked, not only the configured one.</summary>
    public static bool IsAllowed(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var location) || !IsAllowed(location))
        {
            throw new HttpRequestException("The identity provider names an address that is not https.");
        }

        using var response = await _client.GetAsync(location, cancel);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(cancel);
    }

    public void Dispose() => _client.Dispose();
}
