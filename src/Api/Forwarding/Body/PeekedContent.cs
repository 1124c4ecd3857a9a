using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Forwarding.Body;

/// <summary>What a field that is no routing field means to the gateway.</summary>
internal enum PeekedContent
{
    Other,
    Messages,
    Prompt,

    /// <summary>Of embeddings.</summary>
    Input,

    /// <summary>The input of a response.</summary>
    Items,

    /// <summary>Names input that the upstream keeps, or fetches.</summary>
    StoredContext,

    /// <summary>Of a response: those that the upstream runs itself bring input of their own.</summary>
    Tools,

    /// <summary>The answer is to be made while nobody waits for it.</summary>
    Background,

    /// <summary>Names the caller's own user.</summary>
    SafetyIdentifier,

    /// <summary>The older name of it.</summary>
    User,
}

internal static class PeekedContents
{
    private const int LongestCounted = 18;

    // Of a name in which each letter is an escape.
    private const int Escaped = 6;

    /// <param name="reader">At the name of a top-level field.</param>
    /// <param name="exact">Spelled as documented. Else only some upstreams read it, and it may count for more, never for less.</param>
    public static PeekedContent Match(ref Utf8JsonReader reader, Operation operation, out bool exact)
    {
        exact = true;
        if (PeekedText.Is(ref reader, "user"u8))
        {
            return PeekedContent.User;
        }

        if (PeekedText.Is(ref reader, "safety_identifier"u8))
        {
            return PeekedContent.SafetyIdentifier;
        }

        return reader.ValueSpan.Length > LongestCounted && !(reader.ValueIsEscaped && reader.ValueSpan.Length <= LongestCounted * Escaped)
            ? PeekedContent.Other
            : MatchCounted(ref reader, operation, out exact);
    }

    private static PeekedContent MatchCounted(ref Utf8JsonReader reader, Operation operation, out bool exact)
    {
        exact = false;
        return operation switch
        {
            Operation.ChatCompletions when PeekedNames.Matches(ref reader, "messages"u8, out exact) => PeekedContent.Messages,
            Operation.ChatCompletions when PeekedNames.Matches(ref reader, "web_search_options"u8, out exact) => PeekedContent.StoredContext,
            Operation.Completions when PeekedNames.Matches(ref reader, "prompt"u8, out exact) => PeekedContent.Prompt,
            Operation.Embeddings when PeekedNames.Matches(ref reader, "input"u8, out exact) => PeekedContent.Input,
            Operation.Responses when PeekedNames.Matches(ref reader, "input"u8, out exact) => PeekedContent.Items,
            Operation.Responses when PeekedNames.Matches(ref reader, "conversation"u8, out exact) || PeekedNames.Matches(ref reader, "prompt"u8, out exact) => PeekedContent.StoredContext,
            Operation.Responses when PeekedNames.Matches(ref reader, "tools"u8, out exact) => PeekedContent.Tools,
            Operation.Responses when PeekedNames.Matches(ref reader, "background"u8, out exact) => PeekedContent.Background,
            _ => PeekedContent.Other,
        };
    }
}
