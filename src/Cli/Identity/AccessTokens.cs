using Gateway.Cli.Host;
using Gateway.Cli.Identity.Tokens;
using Gateway.Cli.Profiles;

namespace Gateway.Cli.Identity;

/// <summary>
/// A credential that is good now:
/// (1) an API key as it is; an access token as long as it has a minute left, read without a lock;
/// (2) else the file is locked and read again: another process may have renewed the token meanwhile. Where that takes long, as the provider
///     hangs, a token is used while it lasts;
/// (3) else the refresh token is used, and the new tokens are written before the lock is given back, since a provider that rotates refresh
///     tokens takes the second use of one for theft. For the same reason whoever ends this program waits for both.
/// </summary>
public sealed class AccessTokens(CliHost host, ProfileStore store)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PatienceWhileItLasts = TimeSpan.FromSeconds(5);

    private readonly TokenEndpoint _endpoint = new(host);

    /// <param name="name">Of the profile.</param>
    /// <param name="refused">A token that the gateway did not take, though it seems good; null: none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Credential> GetAsync(string name, string? refused, CancellationToken cancellationToken)
    {
        var profile = Find(await store.ReadAsync(cancellationToken), name);
        if (Usable(profile, refused) is { } usable)
        {
            return usable;
        }

        var lasting = Lasting(profile.Credential!, refused);
        var hasLock = false;
        try
        {
            return await ChangeAsync();
        }
        catch (CliException failure) when (!hasLock && failure.ExitCode == ExitCodes.Failed && lasting is not null && IsFresh(lasting, TimeSpan.Zero))
        {
            return lasting;
        }

        async Task<Credential> ChangeAsync()
        {
            CliException? ended = null;
            var book = await store.ChangeAsync(
                async book =>
                {
                    hasLock = true;
                    var present = Find(book, name);
                    if (Usable(present, refused) is not null)
                    {
                        return book;
                    }

                    try
                    {
                        return book.With(name, present with { Credential = await RenewAsync(name, present, refused, cancellationToken) });
                    }
                    catch (CliException failure) when (failure.ExitCode == ExitCodes.NotSignedIn)
                    {
                        // A grant that has ended is not asked for again: agents come every minute.
                        ended = failure;
                        return book.With(name, present with { Credential = null });
                    }
                },
                lasting is null ? ProfileStore.LockPatience : PatienceWhileItLasts,
                cancellationToken);
            return ended is null ? book.Profiles[name].Credential! : throw ended;
        }
    }

    private static Profile Find(ProfileBook book, string name) =>
        book.Profiles.TryGetValue(name, out var profile) && profile.Credential is not null
            ? profile
            : throw CliException.NotSignedIn($"You are not signed in with the profile '{name}'. Sign in: gateway login --profile {name}");

    private Credential? Usable(Profile profile, string? refused) => profile.Credential switch
    {
        { ApiKey: not null } key => key,
        { AccessToken: { } token } tokens when (token != refused || tokens.RefreshToken is null) && IsFresh(tokens, Margin) => tokens,
        _ => null,
    };

    private Credential? Lasting(Credential tokens, string? refused) => tokens.AccessToken != refused && IsFresh(tokens, TimeSpan.Zero) ? tokens : null;

    private bool IsFresh(Credential tokens, TimeSpan margin) =>
        tokens.ExpiresAt is not { } expires || (expires > host.Time.GetUtcNow() && expires - host.Time.GetUtcNow() >= margin);

    private async Task<Credential> RenewAsync(string name, Profile profile, string? refused, CancellationToken cancellationToken)
    {
        var tokens = profile.Credential!;
        var lasting = Lasting(tokens, refused);
        if (tokens.RefreshToken is not { } refreshToken || profile.SignIn is not { } settings)
        {
            return lasting ?? throw Ended(name, "the token has expired, and the provider gave none to renew it with");
        }

        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var answer = await _endpoint.RefreshAsync(settings, refreshToken, CancellationToken.None);
            return answer switch
            {
                { Credential: { } renewed } => renewed with { RefreshToken = renewed.RefreshToken ?? refreshToken },
                { Error: "invalid_grant" } => throw Ended(name, answer.Reason),
                _ => throw new CliException(ExitCodes.Unreachable, $"The identity provider does not renew the token ({answer.Reason})"),
            };
        }
        catch (CliException failure) when (failure.ExitCode == ExitCodes.Unreachable && lasting is not null && IsFresh(lasting, TimeSpan.Zero))
        {
            host.Terminal.Say($"gateway: the token could not be renewed and is used while it lasts: {failure.Message}");
            return lasting;
        }
    }

    private static CliException Ended(string name, string reason) =>
        CliException.NotSignedIn($"Your sign-in has ended ({reason}). Sign in again: gateway login --profile {name}");
}
