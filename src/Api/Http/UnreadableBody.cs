using System.Text.Json;
using System.Text.Unicode;

namespace Gateway.Api.Http;

/// <summary>Bodies that nobody can read, told apart from failures of the gateway.</summary>
internal static class UnreadableBody
{
    /// <summary>The caller's framing is at fault. The server tells of a chunk size that overflows as if the connection had broken.</summary>
    public static bool IsFault(IOException failure, CancellationToken cancellationToken) =>
        failure is not BadHttpRequestException && !cancellationToken.IsCancellationRequested;

    /// <summary>False: a name or a string in it is no text, though JSON allows it (half of a surrogate pair), and documents throw when asked for it.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static bool HasOnlyText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped && !IsText(in reader))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsText(ref readonly Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
