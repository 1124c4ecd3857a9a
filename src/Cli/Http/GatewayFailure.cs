using System.Net;
using System.Text.Json.Nodes;
using Gateway.Cli.Host;
using Gateway.Cli.Text;

namespace Gateway.Cli.Http;

/// <summary>One line and an exit code for what a gateway refuses.</summary>
public static class GatewayFailure
{
    public static CliException Of(HttpResponseMessage answer, string body, string address)
    {
        var (exitCode, message) = Judge(answer, MessageOf(body), address);
        return new CliException(exitCode, message) { Status = answer.StatusCode, Code = (JsonText.TryParse(body) as JsonObject)?["error"].Text("code") };
    }

    private static (int ExitCode, string Message) Judge(HttpResponseMessage answer, string? said, string address)
    {
        var message = said ?? $"The gateway answers with status {(int)answer.StatusCode}";
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => (ExitCodes.NotSignedIn, $"The gateway does not take this credential ({message}). Sign in: gateway login"),
            HttpStatusCode.Forbidden => (ExitCodes.Denied, message),
            HttpStatusCode.PaymentRequired => (ExitCodes.LimitReached, message),
            HttpStatusCode.TooManyRequests => (ExitCodes.LimitReached, message + Wait(answer)),
            >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => (ExitCodes.Failed, $"{address} sends its callers to {Target(answer)}. Sign in there: gateway login --gateway URL"),
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => (ExitCodes.Unreachable, message + Wait(answer) + RequestId(answer)),
            HttpStatusCode.NotFound when said is null => (ExitCodes.Failed, $"{address} does not answer like a gateway (404). Is the address right?"),
            >= HttpStatusCode.InternalServerError => (ExitCodes.Failed, message + RequestId(answer)),
            _ => (ExitCodes.Failed, message),
        };
    }

    /// <summary>The text of an error in OpenAI's or Anthropic's shape; null: it is none.</summary>
    public static string? MessageOf(string body) => MessageOf(JsonText.TryParse(body));

    public static string? MessageOf(JsonNode? body) => (body as JsonObject)?["error"] switch
    {
        JsonObject error when error.Text("message") is { Length: > 0 } text => Printable.Line(text),
        JsonValue value when value.TryGetValue<string>(out var text) => Printable.Line(text),
        _ => null,
    };

    private static string Wait(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta is { } wait ? $" (try again in {wait.TotalSeconds:0} s)" : "";

    private static string RequestId(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("x-gateway-request-id", out var ids) ? $" (request {Printable.Line(ids.First(), 64)})" : "";

    private static string Target(HttpResponseMessage answer) =>
        answer.Headers.Location is { IsAbsoluteUri: true } location ? Printable.Line(location.GetLeftPart(UriPartial.Authority), 200) : "another address";
}
