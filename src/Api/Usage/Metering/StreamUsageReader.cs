using Gateway.Abstractions.Usage;
using Gateway.Api.Http;
using Gateway.Api.Streaming;

namespace Gateway.Api.Usage.Metering;

/// <summary>Reads the usage of one stream from its events as they pass, and counts what is delivered in case none comes.</summary>
/// <remarks>
/// Every event passes here once: alone (<see cref="Observe"/>), or in a run in which <see cref="TerminalMarker.PlainLength"/> found
/// nothing to look at, so that no usage is in it either (<see cref="ObserveRun"/>).
/// An event that is too large to be kept (<see cref="SseEventAssembler.MaxEventBytes"/>) may have had a usage in what is missing: unless
/// one comes after it, what was delivered since the last one is estimated.
/// </remarks>
public sealed class StreamUsageReader(Operation operation)
{
    private static readonly byte[][] OfChunk = ["usage"u8.ToArray()];
    private static readonly byte[][] OfResponse = ["response"u8.ToArray(), "usage"u8.ToArray()];

    private UsageCounts _counts;
    private DeliveredText _delivered = new(operation);
    private long _deliveredAtUsage;
    private bool _mayHaveMissedUsage;

    /// <summary>The provider has said something about usage.</summary>
    public bool HasUsage => _counts.SaySomething;

    /// <param name="missing">Bytes of its data that were not kept.</param>
    public void Observe(SseEvent sseEvent, long missing = 0)
    {
        if (!sseEvent.HasData)
        {
            return;
        }

        _delivered.AddEvent(sseEvent.Data, missing);
        _mayHaveMissedUsage |= missing > 0;
        ReadUsage(sseEvent.Data);
    }

    /// <param name="events">Whole events whose lines end with LF.</param>
    public void ObserveRun(ReadOnlySpan<byte> events) => _delivered.AddRun(events);

    /// <summary>Takes an error that came instead of the stream: nothing of it was delivered.</summary>
    public void ReadUsage(ReadOnlySpan<byte> data)
    {
        if (data.IndexOf("\"usage\""u8) < 0)
        {
            return;
        }

        var scanner = new MemberScanner(operation == Operation.Responses ? OfResponse : OfChunk);
        if (scanner.TryFind(data, out var usage))
        {
            _counts = UsageCounts.Latest(_counts, UsageObject.Read(usage));
            _deliveredAtUsage = _delivered.Tokens;
            _mayHaveMissedUsage = false;
        }
    }

    /// <summary>What is charged for what has passed so far: of a cut stream its last usage if it had one, else an estimate of what was delivered.</summary>
    /// <param name="requestBytes">Length of the request's body.</param>
    /// <param name="isCut">The stream ended before its end: a usage that was reported on the way does not cover what came after it.</param>
    /// <param name="mostInput">Tokens that the request has at most: an estimate is not larger.</param>
    /// <param name="mostOutput">Output tokens that the provider was told as its maximum: an estimate is not larger.</param>
    public TokenUsage Settle(long requestBytes, bool isCut, long mostInput = long.MaxValue, long mostOutput = long.MaxValue)
    {
        var usage = Settlement.Of(_counts, operation, Math.Min(TokenRule.Tokens(requestBytes), mostInput), Math.Min(_delivered.Tokens, mostOutput));
        var since = _delivered.Tokens - _deliveredAtUsage;
        return HasUsage && (_mayHaveMissedUsage || (isCut && since > 0))
            ? usage with { Output = Math.Max(usage.Output, Math.Min(usage.Output + since, mostOutput)), IsEstimated = true }
            : usage;
    }
}
