namespace Gateway.Api.Usage.Metering;

/// <summary>Where in a <c>usage</c> object a name stands.</summary>
internal enum Side
{
    Whole,

    /// <summary>In <c>prompt_tokens_details</c> or <c>input_tokens_details</c>.</summary>
    Input,

    /// <summary>In <c>completion_tokens_details</c> or <c>output_tokens_details</c>.</summary>
    Output,
}

internal enum UsageKind
{
    None,
    Input,

    /// <summary>Responses and Anthropic share the name; beside Anthropic's cache counts it does not include them.</summary>
    AnthropicInput,
    Output,
    Total,
    Cached,
    AnthropicCacheRead,
    CacheWrite,
    AnthropicCacheWrite,
    Reasoning,
    AudioInput,
    AudioOutput,
}

internal static class UsageNames
{
    public static readonly (byte[] Name, Side Side, UsageKind Kind)[] All =
    [
        ("prompt_tokens"u8.ToArray(), Side.Whole, UsageKind.Input),
        ("completion_tokens"u8.ToArray(), Side.Whole, UsageKind.Output),
        ("total_tokens"u8.ToArray(), Side.Whole, UsageKind.Total),
        ("input_tokens"u8.ToArray(), Side.Whole, UsageKind.AnthropicInput),
        ("output_tokens"u8.ToArray(), Side.Whole, UsageKind.Output),
        ("cached_tokens"u8.ToArray(), Side.Input, UsageKind.Cached),
        ("cache_write_tokens"u8.ToArray(), Side.Input, UsageKind.CacheWrite),
        ("cache_creation_tokens"u8.ToArray(), Side.Input, UsageKind.CacheWrite),
        ("audio_tokens"u8.ToArray(), Side.Input, UsageKind.AudioInput),
        ("reasoning_tokens"u8.ToArray(), Side.Output, UsageKind.Reasoning),
        ("audio_tokens"u8.ToArray(), Side.Output, UsageKind.AudioOutput),
        ("cache_read_input_tokens"u8.ToArray(), Side.Whole, UsageKind.AnthropicCacheRead),
        ("cache_creation_input_tokens"u8.ToArray(), Side.Whole, UsageKind.AnthropicCacheWrite),

        // DeepSeek, Moonshot and Perplexity keep these outside of any details.
        ("prompt_cache_hit_tokens"u8.ToArray(), Side.Whole, UsageKind.Cached),
        ("cached_tokens"u8.ToArray(), Side.Whole, UsageKind.Cached),
        ("reasoning_tokens"u8.ToArray(), Side.Whole, UsageKind.Reasoning),
    ];
}
