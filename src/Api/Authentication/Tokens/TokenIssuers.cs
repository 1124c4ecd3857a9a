using System.Collections.Immutable;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>All configured issuers (<c>Gateway:Jwt:Issuers</c>).</summary>
internal sealed class TokenIssuers(IOptions<IdentityOptions> options, IssuerDocuments documents, TimeProvider time)
{
    public ImmutableArray<TokenIssuer> All { get; } = [.. options.Value.JwtIssuers.Select(issuer => new TokenIssuer(issuer, documents, time))];

    /// <summary>Those that issue under this name; one provider may be configured once per audience.</summary>
    /// <exception cref="IssuerUnavailableException">None is known to, but not every provider could be asked.</exception>
    public async Task<IReadOnlyList<TokenIssuer>> FindAsync(string name, CancellationToken cancellationToken)
    {
        var known = Matching(name);
        if (known.Count > 0)
        {
            return known;
        }

        IssuerUnavailableException? unavailable = null;
        foreach (var issuer in All.Where(issuer => issuer.Metadata.Current is null))
        {
            try
            {
                await issuer.Metadata.GetAsync(cancellationToken);
            }
            catch (IssuerUnavailableException exception)
            {
                unavailable = exception;
            }
        }

        known = Matching(name);
        return known.Count == 0 && unavailable is not null ? throw unavailable : known;
    }

    private List<TokenIssuer> Matching(string name) =>
        [.. All.Where(issuer => string.Equals(issuer.Metadata.Current?.Issuer, name, StringComparison.Ordinal))];
}
