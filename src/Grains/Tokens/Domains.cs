using System.Collections.Immutable;

namespace Gateway.Grains.Tokens;

/// <summary>Identity domains: what stands behind the @ of a name that the provider vouches for.</summary>
internal static class Domains
{
    /// <summary>Lower case; null: the name has none.</summary>
    public static string? Of(string? name)
    {
        var at = name?.LastIndexOf('@') ?? -1;
        return at > 0 && at < name!.Length - 1 ? name[(at + 1)..].ToLowerInvariant() : null;
    }

    public static ImmutableArray<string> OfVerifiedEmail(TokenClaims claims) =>
        TokenClaims.Find(claims.Root, "email_verified") is { ValueKind: System.Text.Json.JsonValueKind.True } && Of(claims.Text("email")) is { } domain ? [domain] : [];
}
