using System.Numerics;

namespace Gateway.Api.Routing;

/// <summary>How far hot counters are spread so that processors do not fight over one cache line.</summary>
public static class ProcessorStripes
{
    /// <summary>A power of two. Bounded, since readers visit every stripe and each one balances on its own.</summary>
    public static readonly int Count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 8));
}
