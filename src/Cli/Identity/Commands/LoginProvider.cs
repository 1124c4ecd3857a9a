using Gateway.Cli.Commands;
using Gateway.Cli.Host;
using Gateway.Cli.Identity.Flows;
using Gateway.Cli.Profiles;

namespace Gateway.Cli.Identity.Commands;

/// <summary>Whom to ask for tokens and how: by the options, and where they say nothing as the profile did it last.</summary>
internal sealed class LoginProvider(Invocation run, LoginOptions options)
{
    private const string DefaultScope = "openid offline_access";

    public Task<(Provider Provider, SignInSettings Settings)> FindAsync(SignInSettings? last, CancellationToken cancellationToken)
    {
        var isGlobus = run.Value(options.Globus) || (last is { Globus: true } && !run.Has(options.Issuer));
        if (isGlobus && run.Has(options.Issuer))
        {
            throw CliException.Usage("--globus and --issuer exclude each other");
        }

        if (isGlobus && run.Value(options.Device))
        {
            throw CliException.Usage("Globus has no device authorization. Leave out --device: the page shows a code that is pasted here, from any machine");
        }

        return isGlobus ? Task.FromResult(FindGlobus(last is { Globus: true } ? last : null)) : FindOidcAsync(last is { Globus: false } ? last : null, cancellationToken);
    }

    private (Provider Provider, SignInSettings Settings) FindGlobus(SignInSettings? last)
    {
        var address = run.Host.Setting("GLOBUS_AUTH_URL") is { } set ? GatewayAddress.Parse(set, "GLOBUS_AUTH_URL", allowHttp: false) : GlobusLogin.Address;
        var provider = GlobusLogin.ProviderAt(address);
        var scope = run.Value(options.Scope) ?? (run.Value(options.GlobusService) is { } service ? GlobusLogin.ScopeOf(service) : last?.Scope);
        return (provider, new SignInSettings
        {
            Issuer = provider.Issuer,
            Globus = true,
            ClientId = run.Value(options.ClientId) ?? last?.ClientId ?? throw Missing("--client-id ID, of a native app that is registered with Globus"),
            Scope = scope ?? throw Missing("--globus-service ID, the gateway's GLOBUS_APPLICATION_ID"),
            Policies = run.Value(options.GlobusPolicies) ?? last?.Policies,
            TokenEndpoint = provider.TokenEndpoint,
            RevocationEndpoint = provider.RevocationEndpoint,
        });
    }

    private async Task<(Provider Provider, SignInSettings Settings)> FindOidcAsync(SignInSettings? last, CancellationToken cancellationToken)
    {
        var issuer = run.Value(options.Issuer) ?? last?.Issuer ?? throw Missing("--issuer URL");
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var address) || !GatewayAddress.IsSafe(address))
        {
            throw CliException.Usage("--issuer must be an https address");
        }

        var provider = await new ProviderDiscovery(run.Host).FindAsync(issuer, cancellationToken);
        var same = last?.Issuer == provider.Issuer ? last : null;
        return (provider, new SignInSettings
        {
            Issuer = provider.Issuer,
            ClientId = run.Value(options.ClientId) ?? same?.ClientId ?? throw Missing("--client-id ID, as the provider knows this program"),
            Scope = run.Value(options.Scope) ?? same?.Scope ?? DefaultScope,
            Resource = run.Value(options.Resource) ?? same?.Resource,
            Audience = run.Value(options.Audience) ?? same?.Audience,
            TokenEndpoint = provider.TokenEndpoint,
            RevocationEndpoint = provider.RevocationEndpoint,
        });
    }

    private static CliException Missing(string what) => CliException.Usage($"Signing in needs {what}");
}
