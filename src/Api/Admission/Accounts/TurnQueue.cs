namespace Gateway.Api.Admission.Accounts;

/// <summary>
/// Whose turn it is at one account (self-clocked fair queueing). Guarded by the queue.
/// <list type="number">
/// <item>A lower priority goes first. Each has a virtual time of its own: the last turn that was taken in it.</item>
/// <item>A subject's requests go in the order in which they came. The subject has one turn, however many they are: the virtual time at which its first
/// request became the first, plus 1/weight.</item>
/// <item>The smallest turn is next; of equal ones the one whose request came first.</item>
/// <item>A turn is taken by a hand-over only: where the first request leaves, or is served by another account, the next one has its turn.</item>
/// </list>
/// A subject's last turn is never later than the virtual time, so that nothing need be known of subjects that do not wait.
/// </summary>
internal sealed class TurnQueue
{
    private readonly SortedDictionary<int, Level> _levels = [];

    public bool IsEmpty => _levels.Count == 0;

    public IEnumerable<QueueTicket> All => _levels.Values.SelectMany(level => level.All);

    public void Add(QueueTicket ticket)
    {
        if (!_levels.TryGetValue(ticket.Priority, out var level))
        {
            _levels.Add(ticket.Priority, level = new Level());
        }

        level.Add(ticket);
    }

    /// <summary>The ticket is there.</summary>
    public void Remove(QueueTicket ticket)
    {
        var level = _levels[ticket.Priority];
        level.Remove(ticket);
        Trim(ticket.Priority, level);
    }

    /// <summary>Hands over to whose turn it is. Null: nobody waits.</summary>
    public QueueTicket? Take()
    {
        foreach (var (priority, level) in _levels)
        {
            var ticket = level.Take();
            Trim(priority, level);
            return ticket;
        }

        return null;
    }

    private void Trim(int priority, Level level)
    {
        if (level.IsEmpty)
        {
            _levels.Remove(priority);
        }
    }

    private sealed class Level
    {
        private readonly Dictionary<string, Standing> _subjects = new(StringComparer.Ordinal);
        private readonly SortedSet<Standing> _turns = [];
        private double _virtualTime;

        public bool IsEmpty => _subjects.Count == 0;

        public IEnumerable<QueueTicket> All => _subjects.Values.SelectMany(standing => standing.Tickets);

        public void Add(QueueTicket ticket)
        {
            if (_subjects.TryGetValue(ticket.Subject, out var standing))
            {
                standing.Tickets.Add(ticket);
                return;
            }

            standing = new Standing(ticket.Subject);
            standing.Tickets.Add(ticket);
            _subjects.Add(ticket.Subject, standing);
            Enter(standing);
        }

        public void Remove(QueueTicket ticket)
        {
            var standing = _subjects[ticket.Subject];
            standing.Tickets.Remove(ticket);
            if (standing.Tickets.Count == 0)
            {
                _turns.Remove(standing);
                _subjects.Remove(ticket.Subject);
            }
        }

        public QueueTicket Take()
        {
            var standing = _turns.Min!;
            var ticket = standing.Tickets.Min!;
            _turns.Remove(standing);
            _virtualTime = standing.Turn;
            standing.Tickets.Remove(ticket);
            if (standing.Tickets.Count == 0)
            {
                _subjects.Remove(standing.Subject);
            }
            else
            {
                Enter(standing);
            }

            return ticket;
        }

        private void Enter(Standing standing)
        {
            var first = standing.Tickets.Min!;
            (standing.Turn, standing.Number) = (_virtualTime + (1.0 / first.Weight), first.Number);
            _turns.Add(standing);
        }
    }

    /// <summary>Of one subject with requests waiting.</summary>
    private sealed class Standing(string subject) : IComparable<Standing>
    {
        public string Subject => subject;

        /// <summary>In the order in which they came.</summary>
        public SortedSet<QueueTicket> Tickets { get; } = [];

        public double Turn { get; set; }

        /// <summary>Of the request that came to the turn.</summary>
        public long Number { get; set; }

        public int CompareTo(Standing? other)
        {
            var order = Turn.CompareTo(other!.Turn);
            return order != 0 ? order : Number.CompareTo(other.Number);
        }
    }
}
