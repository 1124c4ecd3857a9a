using System.Text.Json.Nodes;
using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Identity.Flows;
using Gateway.Cli.Identity.Tokens;
using Gateway.Cli.Keys;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Identity.Commands;

/// <summary>Obtains a credential, asks the gateway whom it stands for, and keeps it. One that the gateway refuses is not kept.</summary>
internal sealed class LoginCommand : CliCommand
{
    private readonly LoginOptions _options = new();

    public LoginCommand(CliHost host, GlobalOptions globals)
        : base(
            host,
            globals,
            "login",
            "Signs in. Options are remembered in the profile: next time 'gateway login' is enough.",
            "gateway login --gateway https://gateway.example.com --issuer https://login.example.com --client-id gateway-cli",
            "gateway login --device                              # on a machine without a browser",
            "gateway login --gateway https://gateway.example.com --globus --client-id ID --globus-service ID",
            "gateway login --gateway https://gateway.example.com --api-key < key.txt")
    {
        foreach (var option in _options.All)
        {
            Add(option);
        }
    }

    protected override async Task RunAsync(Invocation run, CancellationToken cancellationToken)
    {
        var book = await run.Store.ReadAsync(cancellationToken);
        var (name, profile, isKnown) = LoginTarget.Of(run, _options, book);
        var isByKey = run.Value(_options.ApiKey) || (profile.SignIn is null && !run.Has(_options.Issuer) && !run.Value(_options.Globus));
        if (isByKey && !run.Value(_options.ApiKey) && (!isKnown || _options.OfProviders.Any(run.Has)))
        {
            throw CliException.Usage("Say how to sign in: --issuer URL, --globus or --api-key");
        }

        var signedIn = isByKey
            ? profile with { SignIn = null, Credential = new Credential { ApiKey = await ReadKeyAsync(run, cancellationToken) } }
            : await SignInAsync(run, profile, cancellationToken);
        var me = await AskWhoAsync(run, signedIn, cancellationToken);
        if (isByKey && OwnKey.IdIn(me) is { } id)
        {
            signedIn = signedIn with { Credential = signedIn.Credential! with { KeyId = id } };
        }

        await run.Store.ChangeAsync(present => present.With(name, signedIn), cancellationToken);

        var user = me.Text("username") ?? me.Text("name");
        if (run.Json)
        {
            run.WriteJson(new JsonObject { ["profile"] = name, ["gateway"] = signedIn.Gateway, ["user"] = user, ["expires_at"] = signedIn.Credential!.ExpiresAt?.UtcDateTime });
        }
        else
        {
            run.Terminal.Say(user is null ? $"Signed in at {signedIn.Gateway}." : $"Signed in at {signedIn.Gateway} as {Printable.Line(user, 200)}.");
        }
    }

    private static async Task<string> ReadKeyAsync(Invocation run, CancellationToken cancellationToken) =>
        ApiKeyText.Check(await run.Terminal.ReadSecretAsync("API key (it is not shown): ", cancellationToken), "The standard input");

    private async Task<Profile> SignInAsync(Invocation run, Profile profile, CancellationToken cancellationToken)
    {
        var (provider, settings) = await new LoginProvider(run, _options).FindAsync(profile.SignIn, cancellationToken);
        var endpoint = new TokenEndpoint(run.Host);
        var choices = new LoginChoices(run.Value(_options.NoBrowser), run.Value(_options.Force));
        var answer = settings.Globus ? await new GlobusLogin(run.Host, endpoint).SignInAsync(provider, settings, choices, cancellationToken)
            : run.Value(_options.Device) ? await new DeviceLogin(run.Host, endpoint).SignInAsync(provider, settings, cancellationToken)
            : await new BrowserLogin(run.Host, endpoint).SignInAsync(provider, settings, choices, cancellationToken);
        return answer.Credential is { } credential
            ? profile with { SignIn = settings, Credential = credential }
            : throw new CliException(ExitCodes.Failed, $"The provider gave no tokens ({answer.Reason})");
    }

    /// <summary>Null: the gateway cannot be asked now; the credential is kept all the same.</summary>
    private static async Task<JsonNode?> AskWhoAsync(Invocation run, Profile profile, CancellationToken cancellationToken)
    {
        var credential = profile.Credential!;
        try
        {
            return await new GatewayClient(run.Host, profile.Gateway, new FixedCredential(credential.ApiKey ?? credential.AccessToken!)).GetAsync("/v1/me", cancellationToken);
        }
        catch (CliException failure) when (failure.ExitCode is ExitCodes.Unreachable)
        {
            run.Terminal.Say($"gateway: whether the gateway takes this credential could not be checked: {failure.Message}");
            return null;
        }
    }
}
