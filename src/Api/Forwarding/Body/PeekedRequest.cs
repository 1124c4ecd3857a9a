using System.Runtime.InteropServices;

namespace Gateway.Api.Forwarding.Body;

/// <summary>What the gateway reads of a request body, with the places where it may have to change it.</summary>
public sealed class PeekedRequest
{
    /// <summary>The caller's word, unescaped; null only where the path names the model.</summary>
    public string? Model { get; internal set; }

    /// <summary>The model's JSON text, quotes included; empty: absent.</summary>
    public ByteRange ModelText { get; internal set; }

    public bool Stream { get; internal set; }

    /// <summary>The value of <c>stream_options</c>; empty: absent.</summary>
    public ByteRange StreamOptions { get; internal set; }

    /// <summary><c>stream_options</c> is an object, not null.</summary>
    public bool StreamOptionsIsObject { get; internal set; }

    public bool StreamOptionsIsEmpty { get; internal set; }

    /// <summary>The value of <c>stream_options.include_usage</c>; empty: absent.</summary>
    public ByteRange IncludeUsage { get; internal set; }

    /// <summary>The caller wants the usage chunk itself.</summary>
    public bool AsksForUsage { get; internal set; }

    /// <summary><c>max_tokens</c>; null: absent.</summary>
    public PeekedNumber? MaxTokens { get; private set; }

    /// <summary><c>max_completion_tokens</c>; null: absent.</summary>
    public PeekedNumber? MaxCompletionTokens { get; private set; }

    /// <summary><c>max_output_tokens</c>; null: absent.</summary>
    public PeekedNumber? MaxOutputTokens { get; private set; }

    /// <summary><c>n</c>, at least 1.</summary>
    public long AnswersKeptPerPrompt { get; private set; } = 1;

    /// <summary>Choices that the caller gets: <see cref="AnswersKeptPerPrompt"/> for each prompt.</summary>
    public long Choices => (long)Int128.Min((Int128)AnswersKeptPerPrompt * Prompts, long.MaxValue);

    /// <summary>Answers that are generated for each prompt, also those that are then thrown away: the larger of <c>n</c> and <c>best_of</c>, at least 1.</summary>
    public long AnswersPerPrompt { get; private set; } = 1;

    /// <summary>Texts to complete; 1 for anything but a list of them in <c>prompt</c>.</summary>
    public int Prompts { get; internal set; } = 1;

    /// <summary>Parts of the input whose tokens the length of the body says nothing about: pictures, sound, files, and what the upstream keeps.</summary>
    public int References { get; internal set; }

    /// <summary>The value of <c>safety_identifier</c>, whatever it is; empty: absent or null.</summary>
    public ByteRange SafetyIdentifier { get; internal set; }

    /// <summary>The value of <c>user</c>, whatever it is; empty: absent or null.</summary>
    public ByteRange User { get; internal set; }

    /// <summary>Just after the opening brace of the body.</summary>
    public int ContentStart { get; internal set; }

    /// <summary>The body has no field at all.</summary>
    public bool IsEmpty { get; internal set; } = true;

    internal void Set(RoutingField field, PeekedNumber number)
    {
        switch (field)
        {
            case RoutingField.MaxTokens:
                MaxTokens = number;
                break;
            case RoutingField.MaxCompletionTokens:
                MaxCompletionTokens = number;
                break;
            case RoutingField.MaxOutputTokens:
                MaxOutputTokens = number;
                break;
            case RoutingField.N:
                AnswersKeptPerPrompt = Math.Max(1, number.Value ?? 1);
                AnswersPerPrompt = Math.Max(AnswersPerPrompt, AnswersKeptPerPrompt);
                break;
            default:
                AnswersPerPrompt = Math.Max(AnswersPerPrompt, number.Value ?? 1);
                break;
        }
    }
}

/// <summary>A part of the body, in bytes from its beginning.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ByteRange(int Start, int Length)
{
    public bool IsEmpty => Length == 0;
}
