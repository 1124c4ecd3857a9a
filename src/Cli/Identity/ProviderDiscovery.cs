using System.Net;
using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Identity;

/// <summary>Reads <c>/.well-known/openid-configuration</c>.</summary>
public sealed class ProviderDiscovery(CliHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<Provider> FindAsync(string issuer, CancellationToken cancellationToken)
    {
        var whom = "the identity provider";
        var sender = new HttpSender(host.Network, host.Time);
        using var request = new HttpRequestMessage(HttpMethod.Get, issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        using var answer = await sender.SendAsync(request, Patience, whom, cancellationToken);
        if (answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
        {
            throw new CliException(ExitCodes.Unreachable, $"The identity provider at {request.RequestUri!.GetLeftPart(UriPartial.Authority)} failed with status {(int)answer.StatusCode}. Try again later");
        }

        var text = await sender.ReadTextAsync(answer, Patience, whom, cancellationToken);
        if (!answer.IsSuccessStatusCode || JsonText.TryParse(text) is not JsonObject metadata)
        {
            throw new CliException(ExitCodes.Failed, $"{request.RequestUri} answers with status {(int)answer.StatusCode} and no metadata of a provider. Is --issuer right?");
        }

        var named = metadata.Text("issuer");
        if (named?.TrimEnd('/') != issuer.TrimEnd('/'))
        {
            throw new CliException(ExitCodes.Failed, $"The provider calls itself {Printable.Line(named ?? "nothing", 200)}, which is not the --issuer that was given");
        }

        return new Provider
        {
            Issuer = named,
            AuthorizationEndpoint = Endpoint(metadata, "authorization_endpoint"),
            TokenEndpoint = Endpoint(metadata, "token_endpoint") ?? throw new CliException(ExitCodes.Failed, "The provider names no token endpoint"),
            DeviceEndpoint = Endpoint(metadata, "device_authorization_endpoint"),
            RevocationEndpoint = Endpoint(metadata, "revocation_endpoint"),
            NamesIssuer = metadata["authorization_response_iss_parameter_supported"] is JsonValue value && value.TryGetValue<bool>(out var isNamed) && isNamed,
        };
    }

    private static string? Endpoint(JsonObject metadata, string name)
    {
        if (metadata.Text(name) is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var address) && GatewayAddress.IsSafe(address)
            ? text
            : throw new CliException(ExitCodes.Failed, $"The provider's {name} is not https");
    }
}
