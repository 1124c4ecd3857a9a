using Gateway.Abstractions.Limits;

namespace Gateway.Api.Admission.Stocks;

/// <summary>Units of one window that this node may give to requests until their leases end. Guarded by its stock.</summary>
internal sealed class UnitStock(WindowLimit limit)
{
    private readonly List<Lot> _lots = [];

    public WindowLimit Limit { get; set; } = limit;

    /// <summary>As the grain last told; null: it never did.</summary>
    public WindowState? State { get; set; }

    /// <summary>When it will be as if nothing had been used, by the <see cref="State"/>; timestamp.</summary>
    public long ResetsAt { get; set; }

    /// <summary>Mean of what requests wanted lately.</summary>
    public double MeanNeed { get; private set; }

    /// <summary>Rate shares are for the requests that wait for them, and never kept.</summary>
    public bool IsKept => Limit.Window != WindowKind.Second;

    public long Available { get; private set; }

    /// <summary>What is left at a later time if nothing is taken until then.</summary>
    public long AvailableAt(long later)
    {
        var available = 0L;
        foreach (var lot in _lots)
        {
            available += lot.LeaseEnd > later ? lot.Amount : 0;
        }

        return available;
    }

    public void NoteNeed(long need) => MeanNeed = MeanNeed == 0 ? need : (0.8 * MeanNeed) + (0.2 * need);

    public void Add(PeriodCount count, long amount, long leaseEnd)
    {
        count.InStock += amount;
        count.IsNews = true;
        Available += amount;
        foreach (var lot in _lots)
        {
            if (lot.Count == count && lot.LeaseEnd == leaseEnd)
            {
                lot.Amount += amount;
                return;
            }
        }

        _lots.Add(new Lot(count, amount, leaseEnd));
    }

    /// <summary>Takes from the leases that end first. The amount is there.</summary>
    /// <returns>The first end of a lease among them.</returns>
    public long Take(long amount, ref ReservedParts parts)
    {
        var leaseEnd = long.MaxValue;
        while (amount > 0)
        {
            var lot = First();
            var taken = Math.Min(lot.Amount, amount);
            lot.Amount -= taken;
            lot.Count.InStock -= taken;
            lot.Count.InFlight += taken;
            lot.Count.IsNews = true;
            Available -= taken;
            amount -= taken;
            leaseEnd = Math.Min(leaseEnd, lot.LeaseEnd);
            parts.Add(new ReservedPart(lot.Count, this, taken));
            if (lot.Amount == 0)
            {
                _lots.Remove(lot);
            }
        }

        return leaseEnd;
    }

    /// <summary>Leases that ended are no one's; what they held is free again with the next report.</summary>
    /// <returns>There were some.</returns>
    public bool DropExpired(long now)
    {
        var before = Available;
        for (var index = _lots.Count - 1; index >= 0; index--)
        {
            if (_lots[index].LeaseEnd <= now)
            {
                Drop(_lots[index]);
                _lots.RemoveAt(index);
            }
        }

        return Available < before;
    }

    /// <returns>There was something.</returns>
    public bool DropAll()
    {
        var before = Available;
        foreach (var lot in _lots)
        {
            Drop(lot);
        }

        _lots.Clear();
        return Available < before;
    }

    private void Drop(Lot lot)
    {
        lot.Count.InStock -= lot.Amount;
        lot.Count.IsNews = true;
        Available -= lot.Amount;
    }

    private Lot First()
    {
        var first = _lots[0];
        foreach (var lot in _lots)
        {
            first = lot.LeaseEnd < first.LeaseEnd ? lot : first;
        }

        return first;
    }

    private sealed class Lot(PeriodCount count, long amount, long leaseEnd)
    {
        public PeriodCount Count => count;

        public long Amount { get; set; } = amount;

        public long LeaseEnd => leaseEnd;
    }
}
