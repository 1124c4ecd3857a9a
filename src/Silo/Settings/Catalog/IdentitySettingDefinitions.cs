using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class IdentitySettingDefinitions
{
    private const string NoCompute = "this gateway calls no Globus Compute endpoints";

    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("GATEWAY_ADMIN_KEY", SettingKind.Text, "Bootstrap admin key, 32 characters or more. Unset: made at the first start in DATA_DIR/admin-key.") { Secret = true },
        new("GATEWAY_DEFAULT_ISSUER", SettingKind.Text, "Alias that plain user and group names belong to. Unset: the first JWT issuer's, else globus or that of the introspection, else local."),
        new("Gateway:Jwt:Issuers:<n>:Authority", SettingKind.Url, "OpenID provider; https, or http on loopback."),
        new("Gateway:Jwt:Issuers:<n>:Audience", SettingKind.Text, "Required value of aud."),
        new("Gateway:Jwt:Issuers:<n>:Alias", SettingKind.Text, "Name of the issuer in subjects, a-z, 0-9 and dashes. Unset: made from the host."),
        new("Gateway:Jwt:Issuers:<n>:UserClaim", SettingKind.Text, "Claim with the user's id.") { Default = "sub" },
        new("Gateway:Jwt:Issuers:<n>:GroupsClaim", SettingKind.Text, "Claim with the groups.") { Default = "groups" },
        new("Gateway:Jwt:Issuers:<n>:RolesClaim", SettingKind.Text, "Claim with the admin roles.") { Default = "roles" },
        new("Gateway:Jwt:Issuers:<n>:ScopesClaim", SettingKind.Text, "Claim with the scopes.") { Default = "scope" },
        new("Gateway:Jwt:Issuers:<n>:RequiredScope", SettingKind.Text, "Scope that a token needs. Unset: none."),
        new("Gateway:Auth:MaxStalenessSeconds", SettingKind.Seconds, "How long known API keys serve while the cluster does not confirm them, 0 to 86400.") { Default = "900" },
        new("Gateway:Auth:OwnKeys:MaxAgeDays", SettingKind.Number, "How long an API key lives that a caller made at /v1/me/keys, 1 to 3650.") { Default = "90" },
        new("Gateway:Auth:OwnKeys:MaxCount", SettingKind.Number, "Usable API keys that one user may have, 0 to 10000; 0: nobody makes keys at /v1/me/keys.") { Default = "20" },
        new("GATEWAY_ACCESS", SettingKind.Json, "Who may use what, beyond the entries' own rules: {\"default\":\"deny\",\"rules\":[…]}, or the path of a watched file with it. Unset: no further rules."),
        new("GATEWAY_PRICES", SettingKind.Json, "Prices per model that win over the built-in table (below), or the path of a watched file with them."),
        new("GATEWAY_UNKNOWN_PRICE", SettingKind.Choice, "zero: a model without a price costs nothing, and a warning names it once; deny: its requests are refused.") { Default = "zero" },
        new("GATEWAY_LIMITS", SettingKind.Json, "Limits per subject, {\"user:alice\":{\"requests_per_minute\":60}}, or the path of a watched file with them. Limits set by /admin win, subject by subject, as a whole."),
        new("Gateway:Limits:OnOutage", SettingKind.Choice, "closed: while no silo answers, limited callers get 503 once their leases are used up; open: they are let through uncounted.") { Default = "closed" },
        new("Gateway:Limits:Queue:MaxWaitSeconds", SettingKind.Seconds, "Longest wait for a provider's capacity (concurrency of entries), 0 to 600; 0: nobody waits.") { Default = "30" },
        new("Gateway:Limits:Queue:MaxWaiting", SettingKind.Number, "Requests that may wait on one front-end, 0 to 100000.") { Default = "1000" },
        new("Gateway:Limits:Queue:MaxWaitingPerSubject", SettingKind.Number, "Those of one user (or key without user) among them, 0 to 100000.") { Default = "100" },
        new("Gateway:Introspection:Url", SettingKind.Url, "Introspection endpoint (RFC 7662) for opaque tokens; https, or http on loopback. Not together with Globus."),
        new("Gateway:Introspection:ClientId", SettingKind.Text, "The gateway's client at that server."),
        new("Gateway:Introspection:ClientSecret", SettingKind.Text, "Its secret.") { Secret = true },
        new("Gateway:Introspection:Alias", SettingKind.Text, "Name of the server in subjects, a-z, 0-9 and dashes. Unset: made from the host."),
        new("Gateway:Introspection:UserClaim", SettingKind.Text, "Claim with the user's id.") { Default = "sub" },
        new("Gateway:Introspection:GroupsClaim", SettingKind.Text, "Claim with the groups.") { Default = "groups" },
        new("Gateway:Introspection:RolesClaim", SettingKind.Text, "Claim with the admin roles.") { Default = "roles" },
        new("Gateway:Introspection:ScopesClaim", SettingKind.Text, "Claim with the scopes.") { Default = "scope" },
        new("Gateway:Introspection:Audience", SettingKind.Text, "Required value of aud. Unset: the server decides alone."),
        new("Gateway:Introspection:RequiredScope", SettingKind.Text, "Scope that a token needs. Unset: none."),
        new("GLOBUS_APPLICATION_ID", SettingKind.Text, "Globus client of the gateway; makes it accept Globus tokens."),
        new("GLOBUS_APPLICATION_SECRET", SettingKind.Text, "Its secret.") { Secret = true },
        new("GLOBUS_AUTH_URL", SettingKind.Url, "Globus Auth.") { Default = "https://auth.globus.org" },
        new("GLOBUS_GROUPS_URL", SettingKind.Url, "Globus Groups.") { Default = "https://groups.api.globus.org" },
        new("GLOBUS_GROUPS", SettingKind.List, "Groups of which a Globus caller needs one."),
        new("GLOBUS_POLICIES", SettingKind.List, "Globus policies, all of which a Globus caller must meet."),
        new("AUTHORIZED_IDP_DOMAINS", SettingKind.List, "Identity domains of which a Globus caller needs one in the session."),
        new("AUTHORIZED_GROUPS_PER_IDP", SettingKind.Text, "JSON, identity domain to groups of which its users need one: {\"example.org\":\"id,id\"}."),
        new("AUTHORIZED_GLOBUS_SERVICE_USERNAMES", SettingKind.List, "Globus service accounts that need no identity provider and no policy; a list or a JSON list."),
        Ignored("SERVICE_ACCOUNT_ID", "Globus Compute client."),
        Ignored("SERVICE_ACCOUNT_SECRET", "Its secret.") with { Secret = true },
        Ignored("GLOBUS_GROUP_MANAGER_ID", "Globus group manager."),
        Ignored("GLOBUS_GROUP_MANAGER_SECRET", "Its secret.") with { Secret = true },
        Ignored("GLOBUS_ENDPOINT_CREDENTIALS_OVERRIDES", "Globus Compute credentials.") with { Secret = true },
        Ignored("RATE_LIMIT_PER_SEC_PER_USER", "Requests per second of one user.") with { Advice = "give default:user a requests_per_second in GATEWAY_LIMITS instead" },
    ];

    private static SettingDefinition Ignored(string name, string description) =>
        new(name, SettingKind.Text, description) { Support = SettingSupport.NotEnforced, Advice = NoCompute };
}
