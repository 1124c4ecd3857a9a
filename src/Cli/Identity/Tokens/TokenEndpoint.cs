using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Http;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Identity.Tokens;

/// <summary>Calls of OAuth 2.0 as a public client: it has an id and no secret.</summary>
public sealed class TokenEndpoint(CliHost host)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks for tokens by a grant.</summary>
    /// <param name="settings">Client and addresses.</param>
    /// <param name="grant">The fields of the grant.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<TokenAnswer> AskAsync(SignInSettings settings, Dictionary<string, string> grant, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>(grant) { ["client_id"] = settings.ClientId };
        AddTarget(form, settings);
        var (isSuccess, body) = await PostAsync(settings.TokenEndpoint, form, cancellationToken);
        return isSuccess
            ? TokenAnswer.Of(body, settings.Scope, host.Time.GetUtcNow())
            : new TokenAnswer { Error = body.Text("error") ?? "server_error", Description = body.Text("error_description") };
    }

    public Task<TokenAnswer> RefreshAsync(SignInSettings settings, string refreshToken, CancellationToken cancellationToken) =>
        AskAsync(settings, new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, cancellationToken);

    /// <summary>False: the provider did not take it.</summary>
    public async Task<bool> RevokeAsync(SignInSettings settings, string token, CancellationToken cancellationToken)
    {
        try
        {
            return settings.RevocationEndpoint is { } endpoint
                && (await PostAsync(endpoint, new() { ["token"] = token, ["client_id"] = settings.ClientId }, cancellationToken)).IsSuccess;
        }
        catch (CliException)
        {
            return false;
        }
    }

    /// <summary>Posts a form to any endpoint of the provider.</summary>
    public async Task<(bool IsSuccess, JsonObject Body)> PostAsync(string endpoint, Dictionary<string, string> form, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Accept.ParseAdd("application/json");
        var sender = new HttpSender(host.Network, host.Time);
        using var answer = await sender.SendAsync(request, Patience, "the identity provider", cancellationToken);
        var body = JsonText.TryParse(await sender.ReadTextAsync(answer, Patience, "the identity provider", cancellationToken)) as JsonObject ?? [];
        return (int)answer.StatusCode >= 500
            ? throw new CliException(ExitCodes.Unreachable, $"The identity provider failed with status {(int)answer.StatusCode}. Try again later")
            : (answer.IsSuccessStatusCode, body);
    }

    /// <summary>Names the service that the token is for, in the provider's way.</summary>
    public static void AddTarget(IDictionary<string, string> form, SignInSettings settings)
    {
        if (settings.Resource is { } resource)
        {
            form["resource"] = resource;
        }

        if (settings.Audience is { } audience)
        {
            form["audience"] = audience;
        }
    }
}
