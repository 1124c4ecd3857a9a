using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Identity;
using Gateway.Cli.Profiles;
using Gateway.Cli.Text;

namespace Gateway.Cli.Http;

/// <summary>Calls a gateway with the credential of one profile. A token that is refused is renewed once.</summary>
public sealed class GatewayClient(CliHost host, string address, ICredentialSource credentials)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A model may think for long; the gateway gives up after a quarter of an hour.</summary>
    internal static readonly TimeSpan AnswerPatience = TimeSpan.FromMinutes(16);

    private const long LargeBody = 1 << 20;

    private readonly HttpSender _sender = new(host.Network, host.Time);

    public string Address { get; } = address;

    /// <summary>The JSON of a successful answer; null: it has no body.</summary>
    public async Task<JsonNode?> CallAsync(HttpMethod method, string path, CancellationToken cancellationToken, JsonObject? body = null)
    {
        using var answer = await SendAsync(method, path, JsonOf(body), Patience, cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    /// <summary>Sends what may be large, and takes long.</summary>
    /// <param name="content">Makes what is sent, each time that it is.</param>
    public async Task<JsonNode?> PostAsync(string path, Func<HttpContent> content, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, content, AnswerPatience, cancellationToken);
        return await ReadAsync(answer, cancellationToken);
    }

    /// <summary>Asks a model for its whole answer.</summary>
    public Task<JsonNode?> AskAsync(string path, JsonObject body, CancellationToken cancellationToken) => PostAsync(path, JsonOf(body)!, cancellationToken);

    private async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = await _sender.ReadTextAsync(answer, AnswerPatience, "the gateway", cancellationToken);
        return text.Length == 0 ? null : JsonText.TryParse(text) ?? throw new CliException(ExitCodes.Failed, $"{Address} does not answer like a gateway. Is the address right?");
    }

    public Task<JsonNode?> GetAsync(string path, CancellationToken cancellationToken) => CallAsync(HttpMethod.Get, path, cancellationToken);

    /// <summary>A successful answer whose body is read by the caller.</summary>
    public Task<HttpResponseMessage> OpenAsync(string path, JsonObject body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, JsonOf(body), AnswerPatience, cancellationToken);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Func<HttpContent>? content, TimeSpan patience, CancellationToken cancellationToken)
    {
        var credential = await credentials.GetAsync(null, cancellationToken);
        var answer = await SendOnceAsync(method, path, content, credential, patience, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.Unauthorized && await credentials.GetAsync(credential, cancellationToken) is { } renewed && renewed != credential)
        {
            answer.Dispose();
            answer = await SendOnceAsync(method, path, content, renewed, patience, cancellationToken);
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw GatewayFailure.Of(answer, await _sender.ReadTextAsync(answer, Patience, "the gateway", cancellationToken), Address);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, Func<HttpContent>? content, string credential, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, Address + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("gateway-cli", typeof(GatewayClient).Assembly.GetName().Version?.ToString(3)));
        request.Content = content?.Invoke();

        // A refusal comes before much is sent, instead of a connection that breaks.
        request.Headers.ExpectContinue = request.Content?.Headers.ContentLength > LargeBody;
        return await _sender.SendAsync(request, patience, "the gateway", cancellationToken);
    }

    private static Func<HttpContent>? JsonOf(JsonObject? body) =>
        body is null ? null : () => new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
}
