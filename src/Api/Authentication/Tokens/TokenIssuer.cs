using System.Collections.Frozen;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>One configured issuer and the rules for its tokens.</summary>
internal sealed class TokenIssuer
{
    /// <summary>Tolerated difference between the provider's clock and ours.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>Signatures that only the provider can make. No HMAC: its key would be the public one.</summary>
    public static readonly FrozenSet<string> Algorithms = new[]
    {
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly JwtBearerOptions _bearer;
    private volatile Rules? _rules;

    public TokenIssuer(JwtIssuerOptions options, IDocumentRetriever documents, TimeProvider time)
    {
        // An empty audience would accept tokens that were issued for other services.
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Audience);
        Options = options;
        Metadata = new IssuerMetadata(options.Authority, documents, time);
        _bearer = new JwtBearerOptions
        {
            Authority = options.Authority,
            Audience = options.Audience,
            MapInboundClaims = false,
            TokenValidationParameters = new TokenValidationParameters
            {
                ValidAlgorithms = Algorithms,
                ValidAudience = options.Audience,
                RequireAudience = true,
                RequireSignedTokens = true,
                ValidateIssuerSigningKey = true,

                // Checked by TokenVerifier with the injected clock; the handler would use the machine's.
                ValidateLifetime = false,
            },
        };
    }

    public JwtIssuerOptions Options { get; }

    public IssuerMetadata Metadata { get; }

    public TokenHandler Handler => _bearer.TokenHandlers[0];

    /// <summary>The validation parameters for one copy of the metadata; built once per copy.</summary>
    public TokenValidationParameters ParametersFor(OpenIdConnectConfiguration configuration) => RulesFor(configuration).Parameters;

    /// <summary>Could a key of this copy have made the signature? A token without key id is tried with all, and keys without one are tried for all.</summary>
    public bool MayHaveKey(OpenIdConnectConfiguration configuration, string? keyId) =>
        string.IsNullOrEmpty(keyId) || RulesFor(configuration) is { HasNamelessKeys: true } || IsNamed(configuration, keyId);

    /// <summary>True: the key that made the signature is this copy's if it is anybody's. Else a newer copy may have it.</summary>
    public bool IsNamed(OpenIdConnectConfiguration configuration, string? keyId) =>
        !string.IsNullOrEmpty(keyId) && RulesFor(configuration).KeyIds.Contains(keyId);

    private Rules RulesFor(OpenIdConnectConfiguration configuration)
    {
        if (_rules is { } rules && ReferenceEquals(rules.Configuration, configuration))
        {
            return rules;
        }

        var keys = configuration.SigningKeys.Where(key => key is not SymmetricSecurityKey).ToList();
        var parameters = _bearer.TokenValidationParameters.Clone();
        parameters.ValidIssuer = configuration.Issuer;
        parameters.IssuerSigningKeys = keys;
        rules = new Rules(
            configuration,
            parameters,
            keys.Select(key => key.KeyId).Where(id => !string.IsNullOrEmpty(id)).ToFrozenSet(StringComparer.Ordinal),
            keys.Any(key => string.IsNullOrEmpty(key.KeyId)));
        _rules = rules;
        return rules;
    }

    private sealed record Rules(OpenIdConnectConfiguration Configuration, TokenValidationParameters Parameters, FrozenSet<string> KeyIds, bool HasNamelessKeys);
}
