using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Api.Routing;

namespace Gateway.Api.Forwarding.Answers;

/// <summary>Looks for what no caller may see in a provider's error: keys, hosts, accounts.</summary>
internal static class SecretScan
{
    public static bool IsClean(ReadOnlySpan<byte> body, UpstreamTarget target)
    {
        // Bodies may be large, and no caller should fill the heap with what its requests are rejected with.
        var text = ArrayPool<char>.Shared.Rent(Encoding.UTF8.GetMaxCharCount(body.Length));
        try
        {
            return IsClean(text.AsSpan(0, Encoding.UTF8.GetChars(body, text)), target)
                && (body.IndexOf((byte)'\\') < 0 || IsCleanUnescaped(body, target));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    private static bool IsClean(ReadOnlySpan<char> text, UpstreamTarget target)
    {
        foreach (var secret in target.Secrets)
        {
            if (secret.Length > 0 && text.Contains(secret, Array.IndexOf(target.Keys, secret) >= 0 ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A text that JSON escapes is the same text to whoever parses it.</summary>
    private static bool IsCleanUnescaped(ReadOnlySpan<byte> body, UpstreamTarget target)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && !IsClean(reader.GetString()!, target))
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // What cannot be read cannot be called clean.
            return false;
        }
    }
}
