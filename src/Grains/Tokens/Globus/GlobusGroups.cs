using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Abstractions.Tokens;

namespace Gateway.Grains.Tokens.Globus;

/// <summary>A user's Globus groups: the user's token buys one for Globus Groups (dependent-token grant), which lists the memberships.</summary>
internal sealed class GlobusGroups(AuthorizationServer server)
{
    public const string ResourceServer = "groups.api.globus.org";
    private const string Grant = "urn:globus:auth:grant_type:dependent_token";

    /// <returns>The ids of the groups with an active membership, or why they cannot be had.</returns>
    public async Task<(ImmutableArray<string> Groups, TokenAnswer? Problem)> OfAsync(string token, GlobusOptions globus, CancellationToken cancellationToken)
    {
        var bought = await server.PostAsync(new Uri(globus.AuthUrl, "/v2/oauth2/token"), [new("grant_type", Grant), new("token", token)], cancellationToken);
        if (!bought.IsAvailable)
        {
            return ([], TokenAnswer.Unavailable);
        }

        if (bought.IsTooLarge)
        {
            return ([], TokenAnswer.Denied(IntrospectionTexts.TooLarge));
        }

        // The client was accepted a moment ago, so this is about the token: revoked since, or without consent to look at groups.
        if (!bought.IsSuccess || AccessToken(bought.Body) is not { } access)
        {
            return ([], TokenAnswer.Refused(IntrospectionTexts.NoGroupsToken));
        }

        var listed = await server.GetAsync(new Uri(globus.GroupsUrl, "/v2/groups/my_groups"), access, cancellationToken);
        if (listed.IsTooLarge)
        {
            return ([], TokenAnswer.Denied(IntrospectionTexts.TooManyGroups));
        }

        if (!listed.IsSuccess || listed.Body.ValueKind != JsonValueKind.Array)
        {
            return ([], TokenAnswer.Unavailable);
        }

        ImmutableArray<string> groups = [.. listed.Body.EnumerateArray().Where(IsActive).Select(group => TokenClaims.Text(group, "id")).OfType<string>()];
        return TokenClaims.AreTooMany(groups) ? ([], TokenAnswer.Denied(IntrospectionTexts.TooManyGroups)) : (groups, null);
    }

    private static string? AccessToken(JsonElement tokens) => tokens.ValueKind == JsonValueKind.Array
        ? tokens.EnumerateArray().Where(item => TokenClaims.Text(item, "resource_server") == ResourceServer).Select(item => TokenClaims.Text(item, "access_token")).FirstOrDefault()
        : null;

    // Invited, pending and rejected memberships are listed too when they are asked for; only an active one counts.
    private static bool IsActive(JsonElement group) =>
        TokenClaims.Find(group, "my_memberships") is not { ValueKind: JsonValueKind.Array } memberships
        || memberships.EnumerateArray().Any(membership => TokenClaims.Text(membership, "status") is null or "active");
}
