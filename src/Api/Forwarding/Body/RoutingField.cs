namespace Gateway.Api.Forwarding.Body;

/// <summary>Top-level request fields that routing, limits or splicing depend on.</summary>
internal enum RoutingField
{
    None,
    Model,
    Stream,
    StreamOptions,
    MaxTokens,
    MaxCompletionTokens,
    MaxOutputTokens,
    N,
    BestOf,
    PreviousResponseId,
}

/// <summary>Matches JSON names with routing fields the way the most lenient upstream might.</summary>
/// <remarks>
/// Some JSON readers compare names without regard to case, Go's even by Unicode folding, where U+017F is an <c>s</c> and
/// U+212A a <c>k</c>. A name that any of them would take for a routing field is recognised here and refused unless it is
/// spelled exactly.
/// </remarks>
internal static class RoutingFieldNames
{
    private const int MaxLength = 21;

    /// <summary>Longest raw JSON text of a name that can still be one of the fields: every character as <c>\uXXXX</c>.</summary>
    public const int MaxEscapedLength = MaxLength * 6;

    /// <param name="name">Unescaped UTF-8.</param>
    /// <param name="exact">Spelled as documented.</param>
    public static RoutingField Match(ReadOnlySpan<byte> name, out bool exact)
    {
        exact = false;
        Span<byte> folded = stackalloc byte[MaxLength];
        var length = Fold(name, folded);
        if (length < 0)
        {
            return RoutingField.None;
        }

        folded = folded[..length];
        var field = Find(folded);
        exact = name.SequenceEqual(folded);
        return field;
    }

    public static string Name(this RoutingField field) => field switch
    {
        RoutingField.Model => "model",
        RoutingField.Stream => "stream",
        RoutingField.StreamOptions => "stream_options",
        RoutingField.MaxTokens => "max_tokens",
        RoutingField.MaxCompletionTokens => "max_completion_tokens",
        RoutingField.MaxOutputTokens => "max_output_tokens",
        RoutingField.N => "n",
        RoutingField.BestOf => "best_of",
        RoutingField.PreviousResponseId => "previous_response_id",
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    /// <summary>True when a lenient reader would take <paramref name="name"/> for <paramref name="canonical"/> (ASCII, lower case).</summary>
    public static bool Matches(ReadOnlySpan<byte> name, ReadOnlySpan<byte> canonical, out bool exact)
    {
        Span<byte> folded = stackalloc byte[MaxLength];
        var length = Fold(name, folded);
        exact = name.SequenceEqual(canonical);
        return length >= 0 && folded[..length].SequenceEqual(canonical);
    }

    private static RoutingField Find(ReadOnlySpan<byte> folded) => folded.Length switch
    {
        1 when folded[0] == (byte)'n' => RoutingField.N,
        5 when folded.SequenceEqual("model"u8) => RoutingField.Model,
        6 when folded.SequenceEqual("stream"u8) => RoutingField.Stream,
        7 when folded.SequenceEqual("best_of"u8) => RoutingField.BestOf,
        10 when folded.SequenceEqual("max_tokens"u8) => RoutingField.MaxTokens,
        14 when folded.SequenceEqual("stream_options"u8) => RoutingField.StreamOptions,
        17 when folded.SequenceEqual("max_output_tokens"u8) => RoutingField.MaxOutputTokens,
        20 when folded.SequenceEqual("previous_response_id"u8) => RoutingField.PreviousResponseId,
        21 when folded.SequenceEqual("max_completion_tokens"u8) => RoutingField.MaxCompletionTokens,
        _ => RoutingField.None,
    };

    /// <summary>Length of the folded name; -1: it is too long or has other characters, so it is none of the fields.</summary>
    private static int Fold(ReadOnlySpan<byte> name, Span<byte> folded)
    {
        var length = 0;
        while (!name.IsEmpty)
        {
            if (length == folded.Length)
            {
                return -1;
            }

            var used = 1;
            byte letter;
            switch (name)
            {
                case [>= (byte)'A' and <= (byte)'Z', ..]:
                    letter = (byte)(name[0] | 0x20);
                    break;
                case [< 0x80, ..]:
                    letter = name[0];
                    break;
                case [0xC5, 0xBF, ..]:
                    (letter, used) = ((byte)'s', 2);
                    break;
                case [0xE2, 0x84, 0xAA, ..]:
                    (letter, used) = ((byte)'k', 3);
                    break;
                default:
                    return -1;
            }

            folded[length++] = letter;
            name = name[used..];
        }

        return length;
    }
}
