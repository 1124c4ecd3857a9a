namespace Gateway.Api.Admission.Stocks;

/// <summary>
/// Concurrency permits that this session holds. One whose lease has ended is not given to the next request but goes back, so that other
/// nodes get their turn. Guarded by its stock.
/// </summary>
internal sealed class PermitStock
{
    private readonly List<long> _leaseEnds = [];

    /// <summary>Held by requests in flight.</summary>
    public int InUse { get; private set; }

    public int Available => _leaseEnds.Count;

    public int Held => InUse + _leaseEnds.Count;

    public bool IsNews { get; set; }

    public void Add(int count, long leaseEnd)
    {
        for (var i = 0; i < count; i++)
        {
            _leaseEnds.Add(leaseEnd);
        }
    }

    /// <summary>There is one. Answers with the end of its lease.</summary>
    public long Take()
    {
        var longest = 0;
        for (var index = 1; index < _leaseEnds.Count; index++)
        {
            longest = _leaseEnds[index] > _leaseEnds[longest] ? index : longest;
        }

        var leaseEnd = _leaseEnds[longest];
        _leaseEnds.RemoveAt(longest);
        InUse++;
        return leaseEnd;
    }

    /// <returns>It is not here any more.</returns>
    public bool GiveBack(long leaseEnd, long now)
    {
        InUse--;
        IsNews = true;
        if (leaseEnd <= now)
        {
            return true;
        }

        _leaseEnds.Add(leaseEnd);
        return false;
    }

    /// <returns>There were some.</returns>
    public bool DropExpired(long now) => Drop(leaseEnd => leaseEnd <= now);

    /// <returns>There were some.</returns>
    public bool DropAll() => Drop(static _ => true);

    public void Clear()
    {
        InUse = 0;
        _leaseEnds.Clear();
    }

    private bool Drop(Predicate<long> which)
    {
        var any = _leaseEnds.RemoveAll(which) > 0;
        IsNews |= any;
        return any;
    }
}
