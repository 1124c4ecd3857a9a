using Gateway.Abstractions.Usage;
using Gateway.Api.Http;
using Gateway.Api.Streaming;

namespace Gateway.Api.Usage.Metering;

/// <summary>Reads the usage of one stream from its events as they pass, and counts what is delivered in case none comes.</summary>
/// <remarks>
/// Every event passes here once: alone (<see cref="Observe"/>), or in a run in which <see cref="TerminalMarker.PlainLength"/> found
/// nothing to look at, so that no usage is in it either (<see cref="ObserveRun"/>).
/// </remarks>
public sealed class StreamUsageReader(Operation operation)
{
    private static readonly byte[][] OfChunk = ["usage"u8.ToArray()];
    private static readonly byte[][] OfResponse = ["response"u8.ToArray(), "usage"u8.ToArray()];

    private UsageCounts _counts;
    private DeliveredText _delivered = new(operation);
    private long _deliveredAtUsage;

    /// <summary>The provider has said something about usage.</summary>
    public bool HasUsage => _counts.SaySomething;

    public void Observe(SseEvent sseEvent)
    {
        if (!sseEvent.HasData)
        {
            return;
        }

        var data = sseEvent.Data;
        _delivered.AddEvent(data);
        if (data.IndexOf("\"usage\""u8) < 0)
        {
            return;
        }

        var scanner = new MemberScanner(operation == Operation.Responses ? OfResponse : OfChunk);
        if (scanner.TryFind(data, out var usage))
        {
            _counts = UsageCounts.Latest(_counts, UsageObject.Read(usage));
            _deliveredAtUsage = _delivered.Tokens;
        }
    }

    /// <param name="events">Whole events whose lines end with LF.</param>
    public void ObserveRun(ReadOnlySpan<byte> events) => _delivered.AddRun(events);

    /// <summary>What is charged for what has passed so far: of a cut stream its last usage if it had one, else an estimate of what was delivered.</summary>
    /// <param name="requestBytes">Length of the request's body.</param>
    /// <param name="isCut">The stream ended before its end: a usage that was reported on the way does not cover what came after it.</param>
    public TokenUsage Settle(long requestBytes, bool isCut)
    {
        var usage = Settlement.Of(_counts, operation, TokenRule.Tokens(requestBytes), _delivered.Tokens);
        var since = _delivered.Tokens - _deliveredAtUsage;
        return isCut && HasUsage && since > 0
            ? usage with { Output = usage.Output + since, IsEstimated = true }
            : usage;
    }
}
