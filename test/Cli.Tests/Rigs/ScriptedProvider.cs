using Gateway.Cli.Profiles;

namespace Gateway.Cli.Rigs;

/// <summary>An OpenID provider: its metadata, and token answers as a test scripts them.</summary>
public sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly JsonObject _metadata;

    public ScriptedProvider()
    {
        _metadata = new JsonObject
        {
            ["issuer"] = Server.Origin,
            ["authorization_endpoint"] = Server.Origin + "/auth",
            ["token_endpoint"] = Server.Origin + "/token",
            ["device_authorization_endpoint"] = Server.Origin + "/device/auth",
            ["revocation_endpoint"] = Server.Origin + "/revoke",
        };
        Describe();
        Server.Answer("POST /token", Tokens("tok-NEW-canary", "ref-NEW-canary"));
        Server.Answer("POST /revoke", "{}");
    }

    public ScriptedServer Server { get; } = new();

    public string Origin => Server.Origin;

    public IReadOnlyList<Dictionary<string, string>> TokenRequests => [.. Server.RequestsTo("/token").Select(ScriptedServer.Form)];

    public SignInSettings Settings => new() { Issuer = Origin, ClientId = "cli", Scope = "openid offline_access chat", Resource = "urn:gateway", TokenEndpoint = Origin + "/token", RevocationEndpoint = Origin + "/revoke" };

    /// <summary>Changes its metadata; null takes a field away.</summary>
    public void Describe(params (string Field, JsonNode? Value)[] fields)
    {
        foreach (var (field, value) in fields)
        {
            _metadata.Remove(field);
            if (value is not null)
            {
                _metadata[field] = value;
            }
        }

        Server.Answer("GET /.well-known/openid-configuration", _metadata.ToJsonString());
    }

    public static string Tokens(string access, string? refresh = null, int? expiresIn = 3600)
    {
        var body = new JsonObject { ["access_token"] = access, ["token_type"] = "Bearer", ["scope"] = "openid offline_access chat" };
        if (refresh is not null)
        {
            body["refresh_token"] = refresh;
        }

        if (expiresIn is not null)
        {
            body["expires_in"] = expiresIn;
        }

        return body.ToJsonString();
    }

    public static UpstreamReply Refusal(string error, string? description = null, int status = 400) =>
        Replies.Json(status, new JsonObject { ["error"] = error, ["error_description"] = description }.ToJsonString());

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
