using System.Collections.Immutable;
using Gateway.Silo.Settings;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>All configured issuers (<c>Gateway:Jwt:Issuers</c>).</summary>
internal sealed class TokenIssuers(IOptions<IdentityOptions> options, IssuerDocuments documents, TimeProvider time)
{
    public ImmutableArray<TokenIssuer> All { get; } = [.. options.Value.JwtIssuers.Select(issuer => new TokenIssuer(issuer, documents, time))];

    /// <summary>Those that issue under this name; one provider may be configured once per audience.</summary>
    /// <param name="audiences">Those of the token: a configuration that is not read yet may be the one that they mean.</param>
    /// <exception cref="IssuerUnavailableException">None fits, but not every provider could be asked.</exception>
    public async Task<IReadOnlyList<TokenIssuer>> FindAsync(string name, IEnumerable<string> audiences, CancellationToken cancellationToken)
    {
        var known = Matching(name);
        if (known.Exists(IsMeant))
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
        return !known.Exists(IsMeant) && unavailable is not null ? throw unavailable : known;

        bool IsMeant(TokenIssuer issuer) => audiences.Contains(issuer.Options.Audience, StringComparer.Ordinal);
    }

    private List<TokenIssuer> Matching(string name) =>
        [.. All.Where(issuer => string.Equals(issuer.Metadata.Current?.Issuer, name, StringComparison.Ordinal))];
}
