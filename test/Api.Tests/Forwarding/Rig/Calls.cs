using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Tests.Forwarding.Rig;

/// <summary>Requests as clients send them, and what tests ask of the answers.</summary>
internal static class Calls
{
    public const string ChatPath = "/v1/chat/completions";

    public static string ChatBody(bool stream = false, string model = Entries.Model) =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}],"stream":{{(stream ? "true" : "false")}}}""";

    public static Task<HttpResponseMessage> ChatAsync(this TestGateway gateway, bool stream = false) => gateway.PostAsync(ChatPath, ChatBody(stream));

    public static Task<HttpResponseMessage> PostAsync(this TestGateway gateway, string path, string body, params (string Name, string Value)[] headers) =>
        gateway.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), headers);

    public static async Task<HttpResponseMessage> SendAsync(this TestGateway gateway, HttpMethod method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public static Task<string> TextAsync(this HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public static async Task<JsonElement> ErrorAsync(this HttpResponseMessage response)
    {
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        using var document = JsonDocument.Parse(await response.TextAsync());
        return document.RootElement.GetProperty("error").Clone();
    }

    public static async Task<string?> ErrorCodeAsync(this HttpResponseMessage response) => (await response.ErrorAsync()).GetProperty("code").GetString();

    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    public static string? Attempts(this HttpResponseMessage response) => response.Header(GatewayHeaders.Attempts);
}
