using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Keys;

/// <summary>The key that a run signs its requests with.</summary>
/// <param name="Profile">Where it is kept; null: in <c>GATEWAY_API_KEY</c>.</param>
/// <param name="Credential">As it was kept before; null: as for <paramref name="Profile"/>.</param>
/// <param name="Id">Null: the gateway does not say.</param>
internal sealed record OwnKey(string? Profile, Credential? Credential, string? Id)
{
    private const string Prefix = "key:";

    /// <summary>Null: a user's tokens, and no key.</summary>
    public static async Task<OwnKey?> FindAsync(Invocation run, CancellationToken cancellationToken)
    {
        if (run.FixedKey() is not null)
        {
            return new OwnKey(null, null, await AskAsync(run, cancellationToken));
        }

        var (name, profile) = await run.ProfileAsync(cancellationToken);
        return profile.Credential is { ApiKey: not null } credential
            ? new OwnKey(name, credential, credential.KeyId ?? await AskAsync(run, cancellationToken))
            : null;
    }

    /// <param name="me">As <c>/v1/me</c> answers; null: it was not asked.</param>
    public static string? IdIn(JsonNode? me) => me.Text("key") is { } key && key.StartsWith(Prefix, StringComparison.Ordinal) ? key[Prefix.Length..] : null;

    /// <summary>Keeps its new text, and says so.</summary>
    public async Task ReplaceAsync(Invocation run, string text, CancellationToken cancellationToken)
    {
        if (Profile is null)
        {
            run.Terminal.Say("It is the key in GATEWAY_API_KEY: set that to the new text.");
            return;
        }

        await run.Store.ChangeAsync(
            book => book.Profiles.GetValueOrDefault(Profile) is { } present && present.Credential?.ApiKey == Credential!.ApiKey
                ? book.With(Profile, present with { Credential = new Credential { ApiKey = ApiKeyText.Check(text, "The gateway's answer"), KeyId = Id } })
                : book,
            cancellationToken);
        run.Terminal.Say($"'{Profile}' signs in by this key, and has the new text.");
    }

    private static async Task<string?> AskAsync(Invocation run, CancellationToken cancellationToken)
    {
        try
        {
            var client = await run.ClientAsync(cancellationToken);
            return IdIn(await client.GetAsync("/v1/me", cancellationToken));
        }
        catch (CliException)
        {
            return null;
        }
    }
}
