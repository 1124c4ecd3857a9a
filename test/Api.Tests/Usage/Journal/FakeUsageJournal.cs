using Gateway.Api.Usage.Journal;

namespace Gateway.Api.Tests.Usage.Journal;

/// <summary>Keeps in memory what a journal would write down.</summary>
internal sealed class FakeUsageJournal : IUsageJournal
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, UsageIntent> _open = [];
    private readonly List<(UsageIntent Intent, UsageOutcome Outcome)> _completed = [];
    private long _lastNumber;

    /// <summary>As a journal that is full.</summary>
    public bool Refuses { get; set; }

    /// <summary>Runs before an outcome is taken, on the thread that brings it.</summary>
    public Action Completing { get; set; } = () => { };

    /// <summary>Begun and not completed.</summary>
    public IReadOnlyList<UsageIntent> Open
    {
        get
        {
            lock (_gate)
            {
                return [.. _open.Values];
            }
        }
    }

    public IReadOnlyList<(UsageIntent Intent, UsageOutcome Outcome)> Completed
    {
        get
        {
            lock (_gate)
            {
                return [.. _completed];
            }
        }
    }

    public bool TryBegin(in UsageIntent intent, out JournalTicket ticket)
    {
        ticket = default;
        if (Refuses)
        {
            return false;
        }

        lock (_gate)
        {
            ticket = new JournalTicket(0, ++_lastNumber, intent.Id);
            _open.Add(_lastNumber, intent);
            return true;
        }
    }

    public bool TryRenew(JournalTicket ticket, in UsageIntent intent)
    {
        lock (_gate)
        {
            return !Refuses && _open.ContainsKey(ticket.Number) && (_open[ticket.Number] = intent).Id == ticket.Id;
        }
    }

    public void Complete(JournalTicket ticket, in UsageOutcome outcome)
    {
        Completing();
        lock (_gate)
        {
            if (_open.Remove(ticket.Number, out var intent))
            {
                _completed.Add((intent, outcome));
            }
        }
    }
}
