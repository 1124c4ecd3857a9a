using Gateway.Cli.Host;

namespace Gateway.Cli.Profiles;

/// <summary>Which profile a command uses.</summary>
/// <remarks>
/// (1) <c>--profile</c> names it; a gateway that is given as well must be its own.
/// (2) Else the gateway that is given (<c>--gateway</c>, <c>GATEWAY_URL</c>) decides: the default profile if it is its gateway, else the only one with that gateway.
/// (3) Else the default profile.
/// So a credential never goes to a gateway that it was not made for.
/// </remarks>
public static class ProfileChoice
{
    /// <param name="book">All there are.</param>
    /// <param name="name">As asked for; null: not.</param>
    /// <param name="gateway">As asked for, in its one spelling; null: not.</param>
    public static (string Name, Profile Profile) Choose(ProfileBook book, string? name, string? gateway)
    {
        if (name is not null)
        {
            return book.Profiles.TryGetValue(name, out var named)
                ? gateway is null || IsAt(named, gateway) ? (name, named) : throw CliException.Usage($"The profile '{name}' belongs to {named.Gateway}, not to {gateway}. Leave out one of the two")
                : throw CliException.NotSignedIn($"There is no profile '{name}'. Sign in: gateway login --profile {name} --gateway URL");
        }

        if (gateway is not null)
        {
            return ChooseAt(book, gateway);
        }

        return book.Default is { } first && book.Profiles.TryGetValue(first, out var profile)
            ? (first, profile)
            : throw CliException.NotSignedIn("You are not signed in. Sign in: gateway login --gateway URL");
    }

    private static (string Name, Profile Profile) ChooseAt(ProfileBook book, string gateway)
    {
        var there = book.Profiles.Where(pair => IsAt(pair.Value, gateway)).ToList();
        return there switch
        {
            [] => throw CliException.NotSignedIn($"You are not signed in at {gateway}. Sign in: gateway login --gateway {gateway}"),
            [var only] => (only.Key, only.Value),
            _ when there.Find(pair => pair.Key == book.Default) is { Value: not null } first => (first.Key, first.Value),
            _ => throw CliException.Usage($"Several profiles are for {gateway}: {string.Join(", ", there.Select(pair => pair.Key))}. Name one with --profile"),
        };
    }

    private static bool IsAt(Profile profile, string gateway) => string.Equals(profile.Gateway, gateway, StringComparison.OrdinalIgnoreCase);
}
