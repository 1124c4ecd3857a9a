using System.CommandLine;
using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Identity;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Commands;

/// <summary>One run of a command: what was asked for, and the way to the gateway.</summary>
internal sealed class Invocation(CliHost host, GlobalOptions globals, ParseResult parsed)
{
    /// <summary>A credential for scripts that keep their secrets elsewhere.</summary>
    private const string KeySetting = "GATEWAY_API_KEY";

    /// <summary>Where <c>/admin</c> is for that credential.</summary>
    private const string AdminUrlSetting = "GATEWAY_ADMIN_URL";

    public CliHost Host { get; } = host;

    public Terminal Terminal => Host.Terminal;

    public ProfileStore Store { get; } = new(host);

    public bool Json => parsed.GetValue(globals.Json);

    /// <summary>As asked for; null: not.</summary>
    public string? ProfileName => (parsed.GetValue(globals.Profile) ?? Host.Setting("GATEWAY_PROFILE")) is { } name ? ProfileNames.Check(name) : null;

    /// <summary>As asked for, as it was typed; null: not.</summary>
    public (string Text, string Setting)? Gateway =>
        parsed.GetValue(globals.Gateway) is { } given ? (given, "--gateway")
        : Host.Setting("GATEWAY_URL") is { } set ? (set, "GATEWAY_URL")
        : null;

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);

    public bool Has(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The profile that this command uses.</summary>
    public async Task<(string Name, Profile Profile)> ProfileAsync(CancellationToken cancellationToken) =>
        ProfileChoice.Choose(await Store.ReadAsync(cancellationToken), ProfileName, GatewayAt(allowHttp: true));

    public async Task<GatewayClient> ClientAsync(CancellationToken cancellationToken)
    {
        if (FixedKey() is { } key)
        {
            return new GatewayClient(Host, key.Gateway, new FixedCredential(key.Text));
        }

        var (name, profile) = await ProfileAsync(cancellationToken);
        return new GatewayClient(Host, profile.Gateway, CredentialOf(name));
    }

    /// <summary>A client for <c>/admin</c>, which may be at another address: that of the profile, never one that is given for one command.</summary>
    public async Task<GatewayClient> AdminClientAsync(CancellationToken cancellationToken)
    {
        if (FixedKey() is { } key)
        {
            var address = Host.Setting(AdminUrlSetting) is { } set ? GatewayAddress.Parse(set, AdminUrlSetting, allowHttp: true) : key.Gateway;
            return new GatewayClient(Host, address, new FixedCredential(key.Text));
        }

        var (name, profile) = await ProfileAsync(cancellationToken);
        return new GatewayClient(Host, profile.AdminUrl ?? profile.Gateway, CredentialOf(name));
    }

    public ICredentialSource CredentialOf(string profile) => new ProfileCredential(new AccessTokens(Host, Store), profile);

    /// <summary>The key of <c>GATEWAY_API_KEY</c> and the gateway that goes with it; null: it is not set.</summary>
    public (string Text, string Gateway)? FixedKey() => Host.Setting(KeySetting) is not { } key || ProfileName is not null
        ? null
        : (ApiKeyText.Check(key, KeySetting), GatewayAt(allowHttp: true) ?? throw CliException.Usage($"{KeySetting} is set, so say which gateway it is for: --gateway URL or GATEWAY_URL"));

    /// <summary>The one document of <c>--json</c>.</summary>
    public void WriteJson(JsonNode? document) => Terminal.Output.WriteLine(JsonText.Line(document));

    private string? GatewayAt(bool allowHttp) => Gateway is { } given ? GatewayAddress.Parse(given.Text, given.Setting, allowHttp) : null;
}
