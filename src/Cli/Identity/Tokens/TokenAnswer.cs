using System.Text.Json.Nodes;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Identity.Tokens;

/// <summary>What a token endpoint answered: tokens, or an error of OAuth 2.0.</summary>
public sealed record TokenAnswer
{
    public Credential? Credential { get; init; }

    /// <summary>OAuth's code, like <c>invalid_grant</c>; null when there are tokens.</summary>
    public string? Error { get; init; }

    public string? Description { get; init; }

    /// <summary>For people; never holds a token.</summary>
    public string Reason => Printable.Line(Description is { Length: > 0 } text ? $"{Error}: {text}" : Error ?? "", 200);

    /// <param name="body">A successful answer.</param>
    /// <param name="scope">Of several tokens (Globus gives one for each service), the one with this scope is taken.</param>
    /// <param name="now">When the answer came.</param>
    public static TokenAnswer Of(JsonObject body, string scope, DateTimeOffset now)
    {
        var tokens = (body["other_tokens"] as JsonArray)?.OfType<JsonObject>().FirstOrDefault(other => Covers(other, scope)) is { } better && !Covers(body, scope) ? better : body;
        var type = tokens.Text("token_type");
        return tokens.Text("access_token") is { Length: > 0 } access && (type is null || string.Equals(type, "Bearer", StringComparison.OrdinalIgnoreCase)) && access.All(character => character is > ' ' and < (char)127)
            ? new TokenAnswer { Credential = new Credential { AccessToken = access, RefreshToken = tokens.Text("refresh_token"), ExpiresAt = ExpiryOf(tokens, now) } }
            : new TokenAnswer { Error = "no_bearer_token", Description = "the answer holds no bearer token" };
    }

    private static bool Covers(JsonObject tokens, string scope) =>
        (tokens.Text("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Intersect(scope.Split(' ').Where(word => word is not ("openid" or "profile" or "email" or "offline_access"))).Any();

    private static DateTimeOffset? ExpiryOf(JsonObject tokens, DateTimeOffset now) =>
        tokens["expires_in"] is JsonValue value && double.TryParse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e9
            ? now + TimeSpan.FromSeconds(seconds)
            : null;
}
