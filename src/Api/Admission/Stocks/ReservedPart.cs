using System.Runtime.InteropServices;

namespace Gateway.Api.Admission.Stocks;

/// <summary>Units of one window and period that a request holds.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReservedPart(PeriodCount count, UnitStock stock, long amount)
{
    public readonly PeriodCount Count => count;

    public readonly UnitStock Stock => stock;

    public long Amount { get; set; } = amount;

    /// <summary>Once it is settled.</summary>
    public long Used { get; set; }
}

/// <summary>Grows as parts are taken; most requests take one part a window.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct ReservedParts(int expected)
{
    private ReservedPart[]? _parts = expected == 0 ? null : new ReservedPart[expected];

    public int Count { get; private set; }

    public readonly Span<ReservedPart> All => _parts.AsSpan(0, Count);

    public void Add(ReservedPart part)
    {
        if (Count == (_parts?.Length ?? 0))
        {
            Array.Resize(ref _parts, Math.Max(2, 2 * Count));
        }

        _parts![Count++] = part;
    }
}
