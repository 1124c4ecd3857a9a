using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Endpoints;

/// <summary>Knows which reports were taken in, so that one that is sent again counts once, and what each node said last of itself.</summary>
internal sealed class ReportLedger
{
    public const int MaxNodes = 1_024;

    // A node is silent while it has nothing to tell; after this long its in-flight count says nothing any more.
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, NodeReports> _nodes = new(StringComparer.Ordinal);

    /// <summary>False: it was taken in before, or belongs to a session that ended.</summary>
    public bool TryTake(EndpointReport report, DateTimeOffset now)
    {
        var isKnown = _nodes.TryGetValue(report.NodeId, out var last);
        var isSameSession = isKnown && last!.Session == report.Session;
        if (isKnown && (isSameSession ? report.Sequence <= last!.Sequence : report.Session == last!.EndedSession))
        {
            return false;
        }

        if (!isKnown && _nodes.Count >= MaxNodes)
        {
            _nodes.Remove(_nodes.MinBy(node => node.Value.SeenAt).Key);
        }

        _nodes[report.NodeId] = new NodeReports(
            report.Session,
            isSameSession ? last!.EndedSession : last?.Session,
            report.Sequence,
            Math.Max(report.InFlight, 0),
            report.FirstByteEwma,
            now);
        return true;
    }

    public int InFlight(DateTimeOffset now) => Fresh(now).Sum(node => node.InFlight);

    public TimeSpan? SlowestFirstByte(DateTimeOffset now) => Fresh(now).Max(node => node.FirstByteEwma);

    private IEnumerable<NodeReports> Fresh(DateTimeOffset now) => _nodes.Values.Where(node => (now - node.SeenAt).Duration() < FreshFor);

    private sealed record NodeReports(
        string Session, string? EndedSession, long Sequence, int InFlight, TimeSpan? FirstByteEwma, DateTimeOffset SeenAt);
}
