using System.CommandLine;

namespace Gateway.Cli.Identity.Commands;

/// <summary>What <c>gateway login</c> takes.</summary>
internal sealed class LoginOptions
{
    public Option<bool> ApiKey { get; } = Flag("--api-key", "Uses an API key, read from the terminal without showing it, or from the standard input. Never an argument.");

    public Option<string?> Issuer { get; } = Text("--issuer", "URL", "OpenID provider to sign in with.");

    public Option<bool> Globus { get; } = Flag("--globus", "Signs in with Globus: the page shows a code, which is pasted here.");

    public Option<string?> GlobusService { get; } = Text("--globus-service", "ID", "Globus: client id of the gateway (its GLOBUS_APPLICATION_ID).");

    public Option<string?> GlobusPolicies { get; } = Text("--globus-policies", "IDS", "Globus: policies that the gateway asks for (its GLOBUS_POLICIES), with commas.");

    public Option<string?> ClientId { get; } = Text("--client-id", "ID", "Id of this program at the provider: a public (native) client, without a secret.");

    public Option<string?> Scope { get; } = Text("--scope", "SCOPES", "What to ask for. Default: openid offline_access.");

    public Option<string?> Resource { get; } = Text("--resource", "URI", "The gateway's resource indicator at the provider (RFC 8707).");

    public Option<string?> Audience { get; } = Text("--audience", "TEXT", "The gateway's audience, for providers that ask for that instead.");

    public Option<bool> Device { get; } = Flag("--device", "Signs in on another machine with a short code (RFC 8628).");

    public Option<bool> NoBrowser { get; } = Flag("--no-browser", "Only prints the address.");

    public Option<bool> Force { get; } = Flag("--force", "The provider asks for the password again.");

    public Option<string?> AdminUrl { get; } = Text("--admin-url", "URL", "Where /admin is, if it is not at the gateway's address.");

    public Option<string?> Model { get; } = Text("--model", "MODEL", "What 'gateway chat' asks unless told otherwise.");

    public Option<bool> AllowHttp { get; } = Flag("--allow-http", "Plain http to another machine, in a network you trust.");

    public IEnumerable<Option> All => [ApiKey, .. OfProviders, AdminUrl, Model, AllowHttp];

    /// <summary>Those that say nothing to who signs in by a key.</summary>
    public IEnumerable<Option> OfProviders => [Issuer, ClientId, Scope, Resource, Audience, Device, NoBrowser, Force, Globus, GlobusService, GlobusPolicies];

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.Zero };

    private static Option<string?> Text(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };
}
