using System.Buffers;

namespace Gateway.Silo.Settings.Readers;

/// <summary>What may stand in a header that the gateway sends.</summary>
internal static class HeaderText
{
    public const int MaxLength = 8192;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Framing and routing belong to the connection; a setting that writes them could smuggle requests.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-length", "content-encoding", "content-type", "expect", "host", "keep-alive", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade", "accept-encoding",
    };

    public static bool IsName(string name) => name.Length is > 0 and <= 128 && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>Visible ASCII and blanks inside.</summary>
    public static bool IsValue(string value) =>
        value.Length is > 0 and <= MaxLength && value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && value[0] != ' ' && value[^1] != ' ';

    /// <summary>Visible ASCII without blanks.</summary>
    public static bool IsKey(string key) => key.Length is > 0 and <= MaxLength && key.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;
}
