using Gateway.Api.Errors;
using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Authentication;

/// <summary>Takes the credential out of <c>Authorization: Bearer</c>, else <c>x-api-key</c>, else <c>api-key</c>.</summary>
internal static class CredentialReader
{
    /// <summary>Longer ones are refused unread; in characters.</summary>
    public const int MaxLength = 16 * 1024;

    private const string Scheme = "Bearer";

    /// <returns>The credential, or the error that says what is wrong.</returns>
    public static GatewayError? Read(IHeaderDictionary headers, out ReadOnlyMemory<char> credential)
    {
        var authorization = headers.Authorization;
        if (TryBearer(authorization, out credential))
        {
            return Check("Authorization", authorization, credential);
        }

        if (headers.TryGetValue("x-api-key", out var key))
        {
            credential = key.ToString().AsMemory().Trim();
            return Check("x-api-key", key, credential);
        }

        if (headers.TryGetValue("api-key", out key))
        {
            credential = key.ToString().AsMemory().Trim();
            return Check("api-key", key, credential);
        }

        return GatewayErrors.Unauthenticated(
            authorization.Count == 0
                ? "No credential was sent. Send your key or token in the header 'Authorization: Bearer <key or token>' (or in 'x-api-key' or 'api-key')."
                : "The header 'Authorization' must have the form 'Bearer <key or token>'.");
    }

    private static bool TryBearer(StringValues authorization, out ReadOnlyMemory<char> credential)
    {
        if (authorization.Count > 0
            && authorization[0] is { } value
            && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && (value.Length == Scheme.Length || value[Scheme.Length] == ' '))
        {
            credential = value.AsMemory(Scheme.Length).Trim();
            return true;
        }

        credential = default;
        return false;
    }

    private static GatewayError? Check(string header, StringValues values, ReadOnlyMemory<char> credential)
    {
        // Two values: a proxy in front may have looked at the other one.
        if (values.Count > 1)
        {
            return GatewayErrors.Unauthenticated($"The header '{header}' was sent more than once.");
        }

        return credential.Length switch
        {
            0 => GatewayErrors.Unauthenticated($"The header '{header}' has no key or token in it."),
            > MaxLength => GatewayErrors.Unauthenticated($"The credential in the header '{header}' is longer than {MaxLength} characters."),
            _ => null,
        };
    }
}
