using Gateway.Abstractions.Usage;

namespace Gateway.Api.Admission.Stocks;

/// <summary>What one request holds of one stock until it is settled or given back; both at most once.</summary>
internal sealed class StockReservation(QuotaStock? stock, string sessionId, ReservedParts parts, long leaseEnd, long? permitLeaseEnd)
{
    private ReservedParts _parts = parts;

    /// <summary>Nobody counts it: no silo answers, and the setting lets callers through.</summary>
    public static StockReservation Uncounted { get; } = new(null, "", default, long.MaxValue, null);

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
    public void Release() => stock?.Release(this);

    public void Settle(in ActualUse actual) => stock?.Settle(this, actual);

    /// <inheritdoc cref="QuotaStock.Shrink"/>
    public void Shrink(in AdmissionEstimate estimate) => stock?.Shrink(this, estimate);

    /// <summary>Output tokens, over all choices, that the hard windows among the parts pay for.</summary>
    public long AffordableOutput(in AdmissionEstimate estimate)
    {
        var affordable = long.MaxValue;
        var parts = _parts.All;
        for (var index = 0; index < parts.Length; index++)
        {
            // By the limits in force: units may have been granted while the window was a soft one.
            var window = parts[index].Stock.Limit;
            if (window.IsHard && estimate.NeedsCap(window.Unit))
            {
                affordable = Math.Min(affordable, estimate.Affordable(window.Unit, Reserved(parts, window.Id)));
            }
        }

        return affordable;
    }

    private static long Reserved(Span<ReservedPart> parts, string windowId)
    {
        var reserved = 0L;
        foreach (var part in parts)
        {
            reserved += part.Count.WindowId == windowId ? part.Amount : 0;
        }

        return reserved;
    }

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
                Subject = stock!.ChargeName,
                Epoch = part.Count.Epoch,
                WindowId = part.Count.WindowId,
                Period = part.Count.Period,
                Amount = IsEnded ? part.Used : part.Amount,
                Session = sessionId,
            });
        }
    }
}
