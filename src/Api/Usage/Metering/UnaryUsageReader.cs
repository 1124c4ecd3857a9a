using Gateway.Abstractions.Usage;
using Gateway.Api.Http;

namespace Gateway.Api.Usage.Metering;

/// <summary>Reads the usage of a unary answer from its bytes as they pass. Keep it in a field; nothing is allocated unless the usage is spread over pieces.</summary>
public struct UnaryUsageReader(Operation operation)
{
    private static readonly byte[][] Path = ["usage"u8.ToArray()];

    private MemberScanner _scanner = new(Path);
    private UsageCounts _counts;

    /// <summary>Bytes of the answer so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>The provider has said something about usage.</summary>
    public readonly bool HasUsage => _counts.SaySomething;

    /// <summary>Takes the next bytes of the body, all of them and in order.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        Bytes += piece.Length;
        if (!_scanner.IsAtEnd && _scanner.TryFind(piece, out var usage))
        {
            _counts = UsageObject.Read(usage);
        }
    }

    /// <summary>What is charged for what has passed so far. An answer that does not say is estimated by its bytes.</summary>
    /// <param name="requestBytes">Length of the request's body.</param>
    /// <param name="mostInput">Tokens that the request has at most: an estimate is not larger.</param>
    /// <param name="mostOutput">Output tokens that the provider was told as its maximum: an estimate is not larger.</param>
    public readonly TokenUsage Settle(long requestBytes, long mostInput = long.MaxValue, long mostOutput = long.MaxValue) =>
        Settlement.Of(_counts, operation, Math.Min(TokenRule.Tokens(requestBytes), mostInput), Math.Min(TokenRule.Tokens(Bytes), mostOutput));
}
