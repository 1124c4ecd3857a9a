using System.Collections.Immutable;

namespace Gateway.Silo.Settings.Catalog;

internal static class IdentitySettingDefinitions
{
    private const string NoGlobus = "this version does not accept Globus tokens";
    private const string OpenWithoutGlobus = "restricts who may call, which this version cannot enforce; remove it and use allowed_groups, API keys or Gateway:Jwt:Issuers";

    public static ImmutableArray<SettingDefinition> All { get; } =
    [
        new("GATEWAY_ADMIN_KEY", SettingKind.Text, "Bootstrap admin key, 32 characters or more. Unset: made at the first start in DATA_DIR/admin-key.") { Secret = true },
        new("GATEWAY_DEFAULT_ISSUER", SettingKind.Text, "Alias that plain user and group names belong to. Unset: the first JWT issuer's, else local."),
        new("Gateway:Jwt:Issuers:<n>:Authority", SettingKind.Url, "OpenID provider; https, or http on loopback."),
        new("Gateway:Jwt:Issuers:<n>:Audience", SettingKind.Text, "Required value of aud."),
        new("Gateway:Jwt:Issuers:<n>:Alias", SettingKind.Text, "Name of the issuer in subjects, a-z, 0-9 and dashes. Unset: made from the host."),
        new("Gateway:Jwt:Issuers:<n>:UserClaim", SettingKind.Text, "Claim with the user's id.") { Default = "sub" },
        new("Gateway:Jwt:Issuers:<n>:GroupsClaim", SettingKind.Text, "Claim with the groups.") { Default = "groups" },
        new("Gateway:Jwt:Issuers:<n>:RolesClaim", SettingKind.Text, "Claim with the admin roles.") { Default = "roles" },
        new("Gateway:Auth:MaxStalenessSeconds", SettingKind.Seconds, "How long known API keys serve while the cluster does not confirm them, 0 to 86400.") { Default = "900" },
        new("GATEWAY_LIMITS", SettingKind.Json, "Limits per subject, or the path of a file with them.")
        {
            Support = SettingSupport.NotEnforced,
            Advice = "limits are not enforced by this version",
        },
        new("Gateway:Limits:OnOutage", SettingKind.Choice, "closed or open.") { Support = SettingSupport.NotEnforced, Advice = "limits are not enforced by this version" },
        Ignored("Gateway:Introspection:Url", "Token introspection, RFC 7662.") with { Advice = "opaque tokens are refused by this version" },
        Ignored("Gateway:Introspection:ClientId", "Client of the introspection.") with { Advice = "opaque tokens are refused by this version" },
        Ignored("Gateway:Introspection:ClientSecret", "Its secret.") with { Secret = true, Advice = "opaque tokens are refused by this version" },
        Ignored("Gateway:Introspection:Alias", "Name of the issuer.") with { Advice = "opaque tokens are refused by this version" },
        Ignored("GLOBUS_APPLICATION_ID", "Globus client of the gateway."),
        Ignored("GLOBUS_APPLICATION_SECRET", "Its secret.") with { Secret = true },
        Ignored("SERVICE_ACCOUNT_ID", "Globus service account."),
        Ignored("SERVICE_ACCOUNT_SECRET", "Its secret.") with { Secret = true },
        Ignored("GLOBUS_AUTH_URL", "Globus Auth.") with { Default = "https://auth.globus.org" },
        Ignored("GLOBUS_GROUPS_URL", "Globus Groups.") with { Default = "https://groups.api.globus.org" },
        Ignored("GLOBUS_GROUP_MANAGER_ID", "Globus group manager."),
        Ignored("GLOBUS_GROUP_MANAGER_SECRET", "Its secret.") with { Secret = true },
        Ignored("GLOBUS_ENDPOINT_CREDENTIALS_OVERRIDES", "Globus Compute credentials.") with { Secret = true },
        Ignored("AUTHORIZED_GLOBUS_SERVICE_USERNAMES", "Globus service accounts that are let in."),
        Restriction("GLOBUS_GROUPS", "Groups of which a caller needs one."),
        Restriction("GLOBUS_POLICIES", "Globus policies that a caller must meet."),
        Restriction("AUTHORIZED_IDP_DOMAINS", "Identity domains of which a caller needs one."),
        Restriction("AUTHORIZED_GROUPS_PER_IDP", "Groups per identity domain of which a caller needs one."),
    ];

    private static SettingDefinition Ignored(string name, string description) =>
        new(name, SettingKind.Text, description) { Support = SettingSupport.NotEnforced, Advice = NoGlobus };

    private static SettingDefinition Restriction(string name, string description) =>
        new(name, SettingKind.List, description) { Support = SettingSupport.Refused, Advice = OpenWithoutGlobus };
}
