using System.Text;
using Gateway.Fuzz.Calls;

namespace Gateway.Fuzz.Oracles;

/// <summary>Our id is on every answer of the gateway; the caller's comes back if it is one line of 1 to 128 visible ASCII characters.</summary>
internal static class RequestIdOracle
{
    private const string Header = "x-request-id";

    public static string? Judge(byte[] request, HttpAnswer answer)
    {
        if (answer["x-gateway-request-id"] is not { } own)
        {
            // The server itself refused: there was no request yet.
            return answer.Status is 400 or 405 or 408 or 411 or 413 or 414 or 431 or 501 or 505 && answer.Body.Length == 0 ? null : $"The answer {answer.Status} has no x-gateway-request-id: {Encoding.Latin1.GetString(answer.Head)}{Encoding.Latin1.GetString(answer.Body)}";
        }

        if (!Guid.TryParseExact(own, "D", out _))
        {
            return $"x-gateway-request-id is no UUID: {own}";
        }

        if (request.AsSpan().IndexOf("equest-"u8) < 0)
        {
            return answer[Header] == own ? null : $"{Header} is {answer[Header]}, not ours.";
        }

        var headEnd = request.AsSpan().IndexOf("\r\n\r\n"u8);
        var sent = Encoding.UTF8.GetString(request.AsSpan(0, headEnd < 0 ? request.Length : headEnd)).Split("\r\n")
            .Where(line => line.StartsWith(Header + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(Header.Length + 1)..].Trim()).ToList();
        var expected = sent is [{ Length: >= 1 and <= 128 } only] && only.All(character => character is > ' ' and <= '~') ? only : own;
        return answer[Header] == expected ? null : $"{Header} is '{answer[Header]}' instead of '{expected}'.";
    }
}
