namespace Gateway.Api.Routing.Balancing;

/// <summary>How much of its weight an endpoint gets, given how fast and how busy it is beside the best of its group.</summary>
public static class EffectiveWeight
{
    /// <summary>Within this of the best score an endpoint counts as equally good: below it, noise would decide.</summary>
    public const double ToleranceSeconds = 0.005;

    public const double ToleranceFactor = 2;

    /// <summary>The least share of its weight that an endpoint keeps, so that its recovery is seen.</summary>
    public const double LeastShare = 0.02;

    /// <summary>Expected wait: the estimate, once for every request that is there already and once for the new one.</summary>
    public static double Score(double estimateSeconds, int inFlight) => estimateSeconds * (inFlight + 1);

    public static double Of(int weight, double score, double bestScore) =>
        score <= Math.Max(ToleranceFactor * bestScore, bestScore + ToleranceSeconds)
            ? weight
            : weight * Math.Max(LeastShare, bestScore / score);
}
