namespace Gateway.Api.Usage.Metering;

/// <summary>How many tokens some bytes are where nobody counted: one for every four, rounded up. That is about right for English and on the high side for JSON.</summary>
public static class TokenRule
{
    public const int BytesPerToken = 4;

    public static long Tokens(long bytes) => (bytes / BytesPerToken) + (bytes % BytesPerToken > 0 ? 1 : 0);
}
