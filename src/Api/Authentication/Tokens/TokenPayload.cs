using System.Text.Json;
using Gateway.Grains.Tokens;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Api.Authentication.Tokens;

/// <summary>The claims of a token as JSON: claim libraries flatten arrays and guess types.</summary>
internal sealed class TokenPayload
{
    private readonly JsonElement _root;

    private TokenPayload(JsonElement root) => _root = root;

    public DateTimeOffset? Expires => Time("exp");

    public DateTimeOffset? NotBefore => Time("nbf");

    /// <summary>There is no <c>nbf</c>, or one that can be understood.</summary>
    public bool HasUsableNotBefore => NotBefore is not null || Find("nbf") is null or { ValueKind: JsonValueKind.Null };

    /// <summary>Null: not an object.</summary>
    public static TokenPayload? Read(JsonWebToken token)
    {
        try
        {
            using var document = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(token.EncodedPayload));
            return document.RootElement.ValueKind == JsonValueKind.Object ? new TokenPayload(document.RootElement.Clone()) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException)
        {
            return null;
        }
    }

    public string? Text(string claim) => Find(claim) is { } value ? ClaimText.Of(value) : null;

    public bool IsTrue(string claim) => Find(claim) is { } value && (value.ValueKind == JsonValueKind.True || ClaimText.Of(value) == "true");

    /// <summary>An array of strings, or one string separated by spaces or commas, as scopes are.</summary>
    public IEnumerable<string> Words(string claim) => Values(claim, ' ', ',');

    /// <summary>An array of strings, or one string separated by commas: a blank belongs to a name.</summary>
    public IEnumerable<string> Names(string claim) => Values(claim, ',');

    /// <summary>By exact name (names may hold dots), else as a path: <c>realm_access.roles</c>.</summary>
    private JsonElement? Find(string claim)
    {
        if (_root.TryGetProperty(claim, out var value))
        {
            return value;
        }

        var current = _root;
        foreach (var part in claim.Split('.'))
        {
            if (current.ValueKind != JsonValueKind.Object || !current.TryGetProperty(part, out current))
            {
                return null;
            }
        }

        return current;
    }

    private IEnumerable<string> Values(string claim, params char[] separators) => Find(claim) switch
    {
        { ValueKind: JsonValueKind.Array } array => array.EnumerateArray().Select(ClaimText.Of).OfType<string>(),
        { ValueKind: JsonValueKind.String } value when ClaimText.Of(value) is { } text => text.Split(separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ => [],
    };

    private DateTimeOffset? Time(string claim)
    {
        const double LastSecond = 253_402_300_799;
        return Find(claim) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= LastSecond - 3600
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;
    }
}
