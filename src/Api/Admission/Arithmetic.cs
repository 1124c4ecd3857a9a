namespace Gateway.Api.Admission;

/// <summary>Sums and products of amounts, none negative, that end at the largest number instead of wrapping around.</summary>
internal static class Arithmetic
{
    public static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    public static long Multiply(long a, long b) => a == 0 || b <= long.MaxValue / a ? a * b : long.MaxValue;
}
