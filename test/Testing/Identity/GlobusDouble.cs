using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Testing.Upstreams;

namespace Gateway.Testing.Identity;

/// <summary>
/// Globus Auth and Globus Groups on loopback, as their API documentation describes them: token introspection with session, identity set
/// and policies, the dependent-token grant, the caller's groups, and the sign-in of native apps.
/// </summary>
public sealed class GlobusDouble : IAsyncDisposable
{
    public const string ClientId = "9f1d0d3b-7f55-4a4f-9f6a-gateway0client";
    /// <summary>A native app that may sign people in for <see cref="ClientId"/>.</summary>
    public const string NativeClientId = NativeSignIns.ClientId;

    public const string ClientSecret = "globus-client-secret+/=0123456789";

    private readonly ConcurrentDictionary<string, GlobusUser> _tokens = new();
    private readonly ConcurrentDictionary<string, GlobusUser> _groupTokens = new();
    private readonly NativeSignIns _signIns;
    private readonly TimeProvider _time;
    private readonly ScriptedUpstream _server;
    private int _introspections;
    private int _grants;
    private int _groupReads;

    private GlobusDouble(TimeProvider time)
    {
        _time = time;
        _signIns = new NativeSignIns(Issue);
        _server = ScriptedUpstream.Start(AnswerAsync);
    }

    public string Origin => _server.Origin;

    public int Introspections => Volatile.Read(ref _introspections);

    public int Grants => Volatile.Read(ref _grants);

    public int GroupReads => Volatile.Read(ref _groupReads);

    /// <summary>Everything that reached it, in order.</summary>
    public IReadOnlyCollection<ReceivedRequest> Requests => _server.Requests;

    /// <summary>Answers introspections instead of the double, while set.</summary>
    public UpstreamReply? InsteadOfIntrospection { get; set; }

    /// <summary>Answers the dependent-token grant instead of the double, while set.</summary>
    public UpstreamReply? InsteadOfGrant { get; set; }

    /// <summary>Answers the list of groups instead of the double, while set.</summary>
    public UpstreamReply? InsteadOfGroups { get; set; }

    /// <summary>Introspections wait for it.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public static GlobusDouble Start(TimeProvider? time = null) => new(time ?? TimeProvider.System);

    /// <summary>The settings that make a gateway use it.</summary>
    public Dictionary<string, string> Settings(params (string Name, string Value)[] more)
    {
        var settings = new Dictionary<string, string>
        {
            ["GLOBUS_APPLICATION_ID"] = ClientId,
            ["GLOBUS_APPLICATION_SECRET"] = ClientSecret,
            ["GLOBUS_AUTH_URL"] = Origin,
            ["GLOBUS_GROUPS_URL"] = Origin,
        };
        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>A new token of this user.</summary>
    public string Issue(GlobusUser user)
    {
        var token = "Ag" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(48));
        _tokens[token] = user;
        return token;
    }

    public void Revoke(string token) => _tokens.TryRemove(token, out _);

    /// <summary>What the page shows to somebody who signs in at this address: a code to paste into the program that made it.</summary>
    public string SignIn(Uri address, GlobusUser user) => _signIns.Authorize(address, Origin, user);

    public void StopListening() => _server.StopListening();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(UpstreamExchange exchange)
    {
        switch (exchange.Request.Method, exchange.Request.Path)
        {
            case ("POST", "/v2/oauth2/token/introspect"):
                Interlocked.Increment(ref _introspections);
                await Gate.WaitAsync(exchange.Stopping);
                await (InsteadOfIntrospection ?? Introspect)(exchange);
                break;
            case ("POST", "/v2/oauth2/token") when _signIns.Redeem(Form(exchange.Request)) is { } tokens:
                await tokens(exchange);
                break;
            case ("POST", "/v2/oauth2/token"):
                Interlocked.Increment(ref _grants);
                await (InsteadOfGrant ?? Grant)(exchange);
                break;
            case ("POST", "/v2/oauth2/token/revoke"):
                Revoke(Form(exchange.Request).GetValueOrDefault("token", ""));
                _signIns.Revoke(Form(exchange.Request).GetValueOrDefault("token", ""));
                await Replies.Json(200, """{"active":false}""")(exchange);
                break;
            case ("GET", "/v2/groups/my_groups"):
                Interlocked.Increment(ref _groupReads);
                await (InsteadOfGroups ?? ListGroups)(exchange);
                break;
            default:
                await Replies.Json(404, """{"errors":[{"status":"404","code":"NOT_FOUND"}]}""")(exchange);
                break;
        }
    }

    private Task Introspect(UpstreamExchange exchange)
    {
        if (!IsOurClient(exchange.Request))
        {
            return Error(401, "UNAUTHORIZED")(exchange);
        }

        var form = Form(exchange.Request);
        var body = form.GetValueOrDefault("token") is { } token && _tokens.TryGetValue(token, out var user) && user.Lifetime > TimeSpan.Zero
            ? Active(user, form)
            : new JsonObject { ["active"] = false };
        return Replies.Json(200, body.ToJsonString())(exchange);
    }

    private JsonObject Active(GlobusUser user, Dictionary<string, string> form)
    {
        var now = _time.GetUtcNow();
        var include = form.GetValueOrDefault("include", "").Split(',');
        var body = new JsonObject
        {
            ["active"] = true,
            ["token_type"] = "Bearer",
            ["scope"] = $"https://auth.globus.org/scopes/{ClientId}/action_all",
            ["client_id"] = user.IsService ? user.Id : "81c13271-8112-48be-8ba2-0c5ea7e1f4d7",
            ["sub"] = user.Id,
            ["username"] = user.Username,
            ["name"] = user.Name,
            ["email"] = user.Username,
            ["exp"] = (now + user.Lifetime).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["aud"] = new JsonArray(ClientId, "groups.api.globus.org"),
            ["iss"] = "https://auth.globus.org",
            ["dependent_tokens_cache_id"] = Guid.NewGuid().ToString("N"),
            ["identity_set"] = new JsonArray([.. Identities(user).Select(identity => (JsonNode)identity.Id)]),
        };
        if (include.Contains("identity_set_detail"))
        {
            body["identity_set_detail"] = new JsonArray([.. Identities(user).Select(identity => (JsonNode)Detail(identity))]);
        }

        if (include.Contains("session_info"))
        {
            var authentications = user.IsService ? [] : new JsonObject { [user.Id] = new JsonObject { ["acr"] = null, ["amr"] = null, ["auth_time"] = now.ToUnixTimeSeconds(), ["custom_claims"] = new JsonObject(), ["idp"] = ProviderOf(user) } };
            body["session_info"] = new JsonObject { ["session_id"] = Guid.NewGuid().ToString(), ["authentications"] = authentications };
        }

        if (form.GetValueOrDefault("authentication_policies") is { } policies)
        {
            body["policy_evaluations"] = new JsonObject([.. policies.Split(',').Select(policy =>
                KeyValuePair.Create(policy, (JsonNode?)new JsonObject { ["evaluation"] = !user.FailedPolicies.Contains(policy) }))]);
        }

        return body;
    }

    private Task Grant(UpstreamExchange exchange)
    {
        var form = Form(exchange.Request);
        if (!IsOurClient(exchange.Request))
        {
            return Error(401, "UNAUTHORIZED")(exchange);
        }

        if (form.GetValueOrDefault("grant_type") != "urn:globus:auth:grant_type:dependent_token" || !_tokens.TryGetValue(form.GetValueOrDefault("token", ""), out var user))
        {
            return Replies.Json(400, """{"error":"invalid_grant"}""")(exchange);
        }

        if (!user.ConsentsToGroups)
        {
            return Replies.Json(200, "[]")(exchange);
        }

        var access = "Ag" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        _groupTokens[access] = user;
        return Replies.Json(200, new JsonArray(new JsonObject
        {
            ["access_token"] = access,
            ["resource_server"] = "groups.api.globus.org",
            ["scope"] = "urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships",
            ["token_type"] = "Bearer",
            ["expires_in"] = 172_800,
        }).ToJsonString())(exchange);
    }

    private Task ListGroups(UpstreamExchange exchange)
    {
        if (exchange.Request["Authorization"] is not { } authorization || !authorization.StartsWith("Bearer ", StringComparison.Ordinal) || !_groupTokens.TryGetValue(authorization[7..], out var user))
        {
            return Error(401, "AUTHENTICATION_ERROR")(exchange);
        }

        var groups = user.Groups.Select(id => Group(id, user, "active")).Concat(user.Invitations.Select(id => Group(id, user, "invited")));
        return Replies.Json(200, new JsonArray([.. groups]).ToJsonString())(exchange);
    }

    private static JsonObject Group(string id, GlobusUser user, string status) => new JsonObject
    {
        ["id"] = id,
        ["name"] = "Group " + id,
        ["group_type"] = "regular",
        ["enforce_session"] = false,
        ["my_memberships"] = new JsonArray(new JsonObject { ["group_id"] = id, ["identity_id"] = user.Id, ["username"] = user.Username, ["role"] = "member", ["status"] = status }),
    };

    private static JsonObject Detail(GlobusUser user) => new()
    {
        ["sub"] = user.Id,
        ["username"] = user.Username,
        ["name"] = user.Name,
        ["email"] = user.Username,
        ["organization"] = "Example Laboratory",
        ["identity_provider"] = ProviderOf(user),
        ["identity_provider_display_name"] = "Example Laboratory",
        ["status"] = "used",
        ["last_authentication"] = 1_700_000_000,
    };

    private static IEnumerable<GlobusUser> Identities(GlobusUser user) => [user, .. user.Linked];

    private static string ProviderOf(GlobusUser user) => "idp-of-" + user.Username.Split('@')[^1];

    private static UpstreamReply Error(int status, string code) => Replies.Json(status, $$"""{"errors":[{"status":"{{status}}","code":"{{code}}"}]}""");

    private static bool IsOurClient(ReceivedRequest request) =>
        request["Authorization"] == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WebUtility.UrlEncode(ClientId)}:{WebUtility.UrlEncode(ClientSecret)}"));

    private static Dictionary<string, string> Form(ReceivedRequest request) => request.BodyText.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => WebUtility.UrlDecode(pair[0]), pair => WebUtility.UrlDecode(pair.ElementAtOrDefault(1) ?? ""));
}
