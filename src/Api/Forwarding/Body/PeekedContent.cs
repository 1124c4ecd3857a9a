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

    /// <summary>Names input that the upstream keeps.</summary>
    StoredContext,

    /// <summary>Names the caller's own user.</summary>
    SafetyIdentifier,

    /// <summary>The older name of it.</summary>
    User,
}

internal static class PeekedContents
{
    /// <param name="reader">At the name of a top-level field.</param>
    public static PeekedContent Match(ref Utf8JsonReader reader, Operation operation) => operation switch
    {
        Operation.ChatCompletions when PeekedText.Is(ref reader, "messages"u8) => PeekedContent.Messages,
        Operation.Completions when PeekedText.Is(ref reader, "prompt"u8) => PeekedContent.Prompt,
        Operation.Embeddings when PeekedText.Is(ref reader, "input"u8) => PeekedContent.Input,
        Operation.Responses when PeekedText.Is(ref reader, "input"u8) => PeekedContent.Items,
        Operation.Responses when PeekedText.Is(ref reader, "conversation"u8) || PeekedText.Is(ref reader, "prompt"u8) => PeekedContent.StoredContext,
        _ when PeekedText.Is(ref reader, "user"u8) => PeekedContent.User,
        _ when PeekedText.Is(ref reader, "safety_identifier"u8) => PeekedContent.SafetyIdentifier,
        _ => PeekedContent.Other,
    };
}
