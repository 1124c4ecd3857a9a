using System.Buffers;
using System.Collections.Frozen;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>Which headers an entry may set or let through.</summary>
internal static class HeaderRules
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly FrozenSet<string> Credentials = FrozenSet.ToFrozenSet(
        [
            "authorization", "proxy-authorization", "x-api-key", "api-key", "apikey", "x-goog-api-key", "x-auth-token",
            "ocp-apim-subscription-key", "cookie", "cookie2", "set-cookie", "www-authenticate", "proxy-authenticate",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> OfTheConnection = FrozenSet.ToFrozenSet(
        [
            "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "http2-settings",
            "host", "content-length", "content-type", "content-encoding", "accept-encoding", "expect",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The rule that the name breaks, as the end of a sentence; null: it may be used.</summary>
    public static string? Refusal(string name)
    {
        if (name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            return "holds a name that is not a valid HTTP header name";
        }

        if (Credentials.Contains(name))
        {
            return $"must not hold the credential header {name}; keys belong into METIS_API_TOKENS, other secret headers into METIS_API_HEADERS";
        }

        return OfTheConnection.Contains(name) ? $"must not hold {name}, which the gateway sets itself" : null;
    }

    public static bool IsValue(string value) => value.All(character => character is '\t' or (>= ' ' and <= '~'));
}
