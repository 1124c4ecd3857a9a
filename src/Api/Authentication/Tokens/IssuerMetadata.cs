using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>
/// Name and signing keys of one identity provider, by discovery. The last good copy stays in force while the provider is away.
/// </summary>
/// <remarks>
/// Not <c>ConfigurationManager</c>: that one refreshes in the background, so the first token of a rotated key would be refused,
/// and it does not tell "unknown key" from "provider unreachable".
/// </remarks>
internal sealed class IssuerMetadata(string authority, IDocumentRetriever documents, TimeProvider time)
{
    /// <summary>Least time between two fetches that unknown key ids cause.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(5);

    /// <summary>After a failure nobody waits for the provider again for this long.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly string _address = authority.TrimEnd('/') + "/.well-known/openid-configuration";
    private readonly Lock _gate = new();
    private volatile OpenIdConnectConfiguration? _current;
    private Task<OpenIdConnectConfiguration>? _fetch;
    private long? _failedAt;
    private long? _refreshedAt;

    /// <summary>Null: never fetched.</summary>
    public OpenIdConnectConfiguration? Current => _current;

    /// <summary>The copy at hand, else a fetched one.</summary>
    /// <exception cref="IssuerUnavailableException">There is none.</exception>
    public Task<OpenIdConnectConfiguration> GetAsync(CancellationToken cancellationToken) =>
        _current is { } current ? Task.FromResult(current) : FetchAsync(cancellationToken);

    /// <summary>Fetches in any case; for the clock's sake, not a caller's.</summary>
    /// <exception cref="IssuerUnavailableException">The copy at hand stays in force.</exception>
    public Task UpdateAsync(CancellationToken cancellationToken) => FetchAsync(cancellationToken);

    /// <summary>A copy that is newer than the one at hand, unless the last such call was a moment ago.</summary>
    /// <exception cref="IssuerUnavailableException">The provider cannot be reached, so a key that is missing here may exist.</exception>
    public Task<OpenIdConnectConfiguration> RefreshAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_refreshedAt is { } last && time.GetElapsedTime(last) < RefreshInterval && _failedAt is null && _fetch is null && _current is { } current)
            {
                return Task.FromResult(current);
            }

            _refreshedAt = time.GetTimestamp();
        }

        return FetchAsync(cancellationToken);
    }

    /// <summary>Callers share one fetch; it is not cancelled with the first of them.</summary>
    private Task<OpenIdConnectConfiguration> FetchAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_fetch is null)
            {
                if (_failedAt is { } failedAt && time.GetElapsedTime(failedAt) < RetryInterval)
                {
                    throw new IssuerUnavailableException("The identity provider could not be reached a moment ago.");
                }

                _fetch = Task.Run(FetchCoreAsync, CancellationToken.None);
            }

            return _fetch.WaitAsync(cancellationToken);
        }
    }

    private async Task<OpenIdConnectConfiguration> FetchCoreAsync()
    {
        long? failedAt = null;
        try
        {
            var fetched = await OpenIdConnectConfigurationRetriever.GetAsync(_address, documents, CancellationToken.None);
            if (string.IsNullOrEmpty(fetched.Issuer) || fetched.SigningKeys.Count == 0)
            {
                throw new InvalidDataException("Its metadata names no issuer or no signing key.");
            }

            _current = fetched;
            return fetched;
        }
        catch (Exception exception)
        {
            failedAt = time.GetTimestamp();
            throw new IssuerUnavailableException("The identity provider's metadata cannot be fetched.", exception);
        }
        finally
        {
            lock (_gate)
            {
                _failedAt = failedAt;
                _fetch = null;
            }
        }
    }
}
