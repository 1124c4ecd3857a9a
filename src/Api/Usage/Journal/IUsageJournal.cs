using System.Runtime.InteropServices;

namespace Gateway.Api.Usage.Journal;

/// <summary>Where every request that reaches an upstream is written down before it does. Safe for all threads; no call waits for a disk's flush.</summary>
public interface IUsageJournal
{
    /// <summary>Before the first byte goes to an upstream.</summary>
    /// <returns>False: nothing can be written down now, so the request must be refused (503).</returns>
    bool TryBegin(in UsageIntent intent, out JournalTicket ticket);

    /// <summary>Before the first byte of a later attempt that holds what was not written down: the intent anew, in place of the one before.</summary>
    /// <returns>False: nothing can be written down now, so the attempt must not be made.</returns>
    bool TryRenew(JournalTicket ticket, in UsageIntent intent);

    /// <summary>
    /// Before the last byte of the answer is sent; a second call of the same ticket does nothing. When it returns, the outcome survives the
    /// death of the process. Where the disk refuses it, it is kept in memory and written as soon as that is possible; if the process ends
    /// before, the request counts as interrupted.
    /// </summary>
    void Complete(JournalTicket ticket, in UsageOutcome outcome);
}

/// <summary>Stands for an intent whose outcome is awaited. The default value stands for none: completing it does nothing.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct JournalTicket
{
    internal JournalTicket(int slot, long number, Guid id) => (Slot, Number, Id) = (slot, number, id);

    internal int Slot { get; }

    /// <summary>From 1.</summary>
    internal long Number { get; }

    internal Guid Id { get; }
}
