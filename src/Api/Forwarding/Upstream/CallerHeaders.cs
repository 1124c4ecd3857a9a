using System.Buffers;
using System.Collections.Frozen;
using Gateway.Api.Errors;

namespace Gateway.Api.Forwarding.Upstream;

/// <summary>Which of the caller's headers an upstream may see.</summary>
internal static class CallerHeaders
{
    private const int MaxValueLength = 4096;

    /// <summary>Passed on to every upstream.</summary>
    public static readonly string[] PassedOn = ["accept", "anthropic-version", "anthropic-beta", "openai-beta", "idempotency-key"];

    /// <summary>Never passed on, whatever an entry's <c>forward_headers</c> says: credentials, framing, hop by hop.</summary>
    private static readonly FrozenSet<string> Withheld = FrozenSet.ToFrozenSet(
        [
            "authorization", "proxy-authorization", "x-api-key", "api-key", "cookie", "host", "content-length", "content-encoding",
            "transfer-encoding", "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "expect", "accept-encoding",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> Printable = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code)]);

    /// <summary>A value that cannot be sent is the caller's fault and must not look like the upstream's.</summary>
    public static GatewayError? Check(IHeaderDictionary headers)
    {
        foreach (var name in PassedOn)
        {
            if (headers.TryGetValue(name, out var values) && !IsSendable(values))
            {
                return RequestErrors.InvalidHeader(name);
            }
        }

        return null;
    }

    public static bool MayForward(string name) => !Withheld.Contains(name);

    public static bool IsSendable(Microsoft.Extensions.Primitives.StringValues values)
    {
        foreach (var value in values)
        {
            if (value is null || value.Length > MaxValueLength || value.AsSpan().ContainsAnyExcept(Printable))
            {
                return false;
            }
        }

        return true;
    }
}
