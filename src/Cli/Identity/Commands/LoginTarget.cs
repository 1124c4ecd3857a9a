using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Profiles;

namespace Gateway.Cli.Identity.Commands;

/// <summary>Which profile a sign-in is for, and what it will hold besides the credential.</summary>
internal static class LoginTarget
{
    /// <returns>Known: somebody has signed in with it before, so that it says how.</returns>
    public static (string Name, Profile Profile, bool IsKnown) Of(Invocation run, LoginOptions options, ProfileBook book)
    {
        var allowHttp = run.Value(options.AllowHttp);
        var gateway = run.Gateway is { } given ? GatewayAddress.Parse(given.Text, given.Setting, allowHttp) : null;
        var name = run.ProfileName ?? NameFor(book, gateway);
        var known = book.Profiles.GetValueOrDefault(name);
        var isKnown = known is not null && (gateway is null || gateway == known.Gateway);
        var profile = isKnown ? known! : new Profile { Gateway = gateway ?? throw CliException.Usage("Say which gateway to sign in to: --gateway URL") };
        return (name, profile with
        {
            AdminUrl = run.Value(options.AdminUrl) is { } admin ? GatewayAddress.Parse(admin, "--admin-url", allowHttp) : profile.AdminUrl,
            Model = run.Value(options.Model) ?? profile.Model,
        }, isKnown);
    }

    /// <summary>The profile that is for this gateway, else the default one, unless that is for another: then the host's name.</summary>
    private static string NameFor(ProfileBook book, string? gateway)
    {
        var first = book.Default ?? ProfileNames.First;
        if (gateway is null || !book.Profiles.TryGetValue(first, out var profile) || profile.Gateway == gateway)
        {
            return first;
        }

        return book.Profiles.FirstOrDefault(pair => pair.Value.Gateway == gateway).Key
            ?? ProfileNames.Of(gateway, book.Profiles.ContainsKey);
    }
}
