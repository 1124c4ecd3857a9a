using Gateway.Abstractions.Usage;

namespace Gateway.Api.Admission.Stocks;

/// <summary>What one request holds of one stock until it is settled or given back; both at most once.</summary>
internal sealed class StockReservation(QuotaStock stock, string sessionId, ReservedParts parts, long leaseEnd, long? permitLeaseEnd)
{
    private ReservedParts _parts = parts;

    public QuotaStock Stock => stock;

    /// <summary>Under which it was granted.</summary>
    public string SessionId => sessionId;

    /// <summary>The request must have begun before; timestamp.</summary>
    public long LeaseEnd => leaseEnd;

    public long? PermitLeaseEnd => permitLeaseEnd;

    /// <summary>Guarded by the stock.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Guarded by the stock.</summary>
    public Span<ReservedPart> Parts => _parts.All;

    /// <summary>The request did not begin: units go back to the stock, or to the grain if their lease has ended.</summary>
    public void Release() => stock.Release(this);

    public void Settle(in ActualUse actual) => stock.Settle(this, actual);

    /// <summary>Reserved, or used once it is settled.</summary>
    public void AddCharges(ICollection<Charge> charges)
    {
        foreach (var part in _parts.All)
        {
            if (!part.Stock.IsKept)
            {
                continue;
            }

            charges.Add(new Charge
            {
                Subject = stock.ChargeName,
                Epoch = part.Count.Epoch,
                WindowId = part.Count.WindowId,
                Period = part.Count.Period,
                Amount = IsEnded ? part.Used : part.Amount,
            });
        }
    }
}
