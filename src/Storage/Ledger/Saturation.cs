namespace Gateway.Storage.Ledger;

/// <summary>Sums of numbers, none negative, that end at the largest one instead of wrapping around: one that cannot be right any more holds up no others, and never passes for little.</summary>
internal static class Saturation
{
    public static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
