using System.Collections.Immutable;

namespace Gateway.Testing.Clusters.Load;

/// <summary>One call that did not end as its caller expects.</summary>
/// <param name="At">Since the load began.</param>
public sealed record FailedCall(CallKind Kind, string Target, TimeSpan At, TimeSpan Waited, string Problem)
{
    /// <summary>It was under way when its server was killed.</summary>
    public bool Excused { get; init; }

    public override string ToString() => $"{At.TotalSeconds:0.000} s: {Kind} at {Target} after {Waited.TotalMilliseconds:0} ms: {Problem}";
}

/// <summary>What became of the calls of one load.</summary>
public sealed record LoadReport(int Calls, ImmutableArray<FailedCall> Failed, TimeSpan LongestWait, CallKind Slowest)
{
    public override string ToString() =>
        $"{Calls} calls, {Failed.Length} failed, longest wait {LongestWait.TotalMilliseconds:0} ms ({Slowest})"
        + string.Concat(Failed.Take(20).Select(call => "\n  " + call));
}

public enum CallKind
{
    Chat,
    Stream,
    MakeKey,
    FirstUse,
}
