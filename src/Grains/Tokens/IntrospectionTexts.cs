namespace Gateway.Grains.Tokens;

/// <summary>What callers read. Clients of FIRST gateways search for these words, so they stay as they were there.</summary>
internal static class IntrospectionTexts
{
    public const string NotActive = "Token introspection: Error: Token is either not active or invalid.";
    public const string Expired = "Error: Access token expired.";
    public const string OtherAudience = "Token introspection: Error: Token is either not active or invalid. It was issued for another audience (aud).";
    public const string NoGroupsToken = "Token introspection: Error: Could not recover dependent access token for groups.api.globus.org.";
    public const string NotInGroup = "Error: User is not a member of an allowed Globus Group.";
    public const string NoTime = "Token introspection: Error: Token is either not active or invalid. Its 'exp' or 'nbf' is no number of seconds.";
    public const string TooLarge = "Error: Permission denied. What the authorization server says of this token is more than can be read (1 MiB).";
    public const string TooManyGroups = "Error: Permission denied. The user is in more groups than can be looked through, so that it is not known what holds for them.";
    public const string NoName = "Error: Name and usernames could not be recovered.";

    public static string NoUser(string claim) => $"The token names no usable user: its claim '{claim}' is missing.";

    public static string MissingScope(string scope) => $"The token lacks the scope '{scope}'.";

    public static string WrongProvider(string domains, string present) =>
        $"Error: Permission denied. Must authenticate with {domains}. Currently authenticated as ({present}).";

    public static string NotInProviderGroup(string name, string username, string provider) =>
        $"Error: Permission denied. User ({name} - {username}) not part of the Globus Groups applied for {provider}.";

    public static string PolicyFailed(string domains) =>
        "Error: Permission denied from internal policies. This is likely due to a high-assurance timeout. "
        + "Please logout by visiting https://app.globus.org/logout, and re-authenticate with the following command: "
        + "'python3 inference_auth_token.py authenticate --force'. "
        + $"Make sure you authenticate with an authorized identity provider: {domains}.";
}
