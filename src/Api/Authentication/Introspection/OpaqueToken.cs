namespace Gateway.Api.Authentication.Introspection;

/// <summary>The form of a bearer token (RFC 6750, 2.1).</summary>
internal static class OpaqueToken
{
    /// <summary>False: no server ever issued it, so none needs to be asked.</summary>
    public static bool IsPossible(ReadOnlySpan<char> text)
    {
        var body = text.TrimEnd('=');
        foreach (var character in body)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '.' or '_' or '~' or '+' or '/'))
            {
                return false;
            }
        }

        return body.Length > 0;
    }
}
