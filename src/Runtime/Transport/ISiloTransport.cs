namespace Orleans.Runtime.Transport;

/// <summary>What one process asks of a silo.</summary>
internal enum SiloRequest
{
    /// <summary>A grain call. Answer: its result or exception.</summary>
    Call,

    /// <summary>Whether it can be reached and trusts the caller; with the version of a view, which it should read if its own is older.</summary>
    Ping,

    /// <summary>Asks it to dial the silo that the message names, and to vote if it is refused.</summary>
    Suspect,

    /// <summary>Waits for a view of the cluster that is newer than the version in the message.</summary>
    Watch,
}

/// <summary>How a request ended.</summary>
internal enum Outcome
{
    Answered,

    /// <summary>It never left, or the silo did not take it as it has left the cluster; it may be sent elsewhere.</summary>
    NotSent,

    /// <summary>It may or may not have run.</summary>
    Lost,

    /// <summary>The silo does not take it: another secret or cluster, a message that is malformed or too large.</summary>
    Refused,
}

/// <param name="Problem">Why, unless answered.</param>
internal readonly record struct SiloReply(Outcome Outcome, string Problem = "");

/// <summary>Brings requests to silos. It reports failures in its results; only a cancellation is an exception.</summary>
internal interface ISiloTransport
{
    /// <param name="answer">Where the answer is written.</param>
    Task<SiloReply> SendAsync(SiloAddress silo, SiloRequest request, ReadOnlyMemory<byte> message, PooledBuffer answer, CancellationToken cancellationToken);

    /// <summary>Whether a new connection is refused: nobody listens there. False also when it is unknown.</summary>
    Task<bool> IsRefusedAsync(SiloAddress silo, CancellationToken cancellationToken);
}
