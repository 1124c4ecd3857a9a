using Orleans.Concurrency;

namespace Gateway.Abstractions.Tokens;

/// <summary>Answers for the opaque tokens of one shard, so that one introspection runs at a time per token in the whole cluster. Key: <see cref="KeyOf"/>.</summary>
[Alias("ITokenGrain")]
public interface ITokenGrain : IGrainWithStringKey
{
    public const int Shards = 256;

    /// <summary>Key of the grain that answers for a token.</summary>
    /// <param name="tokenHash">SHA-256 of the whole token.</param>
    public static string KeyOf(ReadOnlySpan<byte> tokenHash) => Convert.ToHexStringLower(tokenHash[..1]);

    /// <summary>Never fails for a reason of the provider's: that is <see cref="TokenVerdict.Unavailable"/>.</summary>
    [AlwaysInterleave, ResponseTimeout("00:00:30"), Alias("Introspect")]
    Task<TokenAnswer> Introspect(TokenQuestion question, CancellationToken cancellationToken);
}
