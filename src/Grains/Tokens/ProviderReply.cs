using System.Text.Json;

namespace Gateway.Grains.Tokens;

/// <summary>What an authorization server answered.</summary>
/// <param name="IsAvailable">False: no answer, or one that says nothing about the token.</param>
/// <param name="Status">HTTP status; 0 without an answer.</param>
/// <param name="Body">Of a 200 only.</param>
internal sealed record ProviderReply(bool IsAvailable, int Status, JsonElement Body)
{
    public static ProviderReply None { get; } = new(false, 0, default);

    /// <summary>It answered with more than is read.</summary>
    public static ProviderReply TooLarge { get; } = new(true, 0, default);

    public bool IsTooLarge => ReferenceEquals(this, TooLarge);

    public bool IsSuccess => IsAvailable && Status == 200;
}
