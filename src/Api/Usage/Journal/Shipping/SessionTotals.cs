using System.Collections.Immutable;
using Gateway.Abstractions.Usage;

namespace Gateway.Api.Usage.Journal.Shipping;

/// <summary>What a process that has ended took from each window: the last word of its sessions to the limits.</summary>
/// <param name="Session">Of its journal; charges under a later one name it.</param>
/// <param name="Node">The front-end whose it was.</param>
/// <param name="Charges">One for each session, subject, epoch, window and period, without those whose window is over; requests without an outcome count with what they had reserved.</param>
public sealed record SessionTotals(string Session, string Node, ImmutableArray<Charge> Charges);

/// <summary>Takes the totals of sessions that have ended, this node's and adopted ones.</summary>
public interface ISessionTotalsSink
{
    /// <summary>May be called again for the same session, with the same totals.</summary>
    /// <returns>False: not all of it was taken; it is tried again later.</returns>
    Task<bool> TryTakeAsync(SessionTotals totals, CancellationToken cancellationToken);
}
