using System.Collections.Immutable;

namespace Gateway.Api.Routing.Balancing;

/// <summary>Smooth weighted round robin over the candidates of one model, with weights that change from call to call.</summary>
/// <remarks>
/// 1. The best score of the eligible candidates is found; one without an estimate is taken to be as fast as the fastest.
/// 2. Each eligible candidate's credit grows by its effective weight.
/// 3. The candidate with most credit is chosen and pays the sum of all effective weights.
/// Credits live in stripes by processor. A stripe that is in use is passed over for the next one, so no call waits for
/// another; every stripe keeps the proportions by itself, and their random beginnings keep them from agreeing on who is first.
/// </remarks>
public sealed class SmoothWeightedBalancer
{
    private readonly Stripe[] stripes;

    public SmoothWeightedBalancer(ImmutableArray<RouteCandidate> candidates, Random random)
    {
        stripes = new Stripe[ProcessorStripes.Count];
        for (var i = 0; i < stripes.Length; i++)
        {
            stripes[i] = new Stripe(candidates, random);
        }
    }

    /// <param name="eligible">Indexes into <paramref name="candidates"/>; at least one.</param>
    /// <returns>One of <paramref name="eligible"/>.</returns>
    public int Choose(ImmutableArray<RouteCandidate> candidates, ReadOnlySpan<int> eligible)
    {
        if (eligible.Length == 1)
        {
            return eligible[0];
        }

        var unknown = FastestEstimate(candidates, eligible);
        var best = BestScore(candidates, eligible, unknown);
        var spin = default(SpinWait);
        for (var i = Thread.GetCurrentProcessorId(); ; i++)
        {
            var stripe = stripes[i & (stripes.Length - 1)];
            if (stripe.TryEnter())
            {
                var chosen = Credit(stripe.Credits, candidates, eligible, unknown, best);
                stripe.Exit();
                return chosen;
            }

            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private static int Credit(double[] credits, ImmutableArray<RouteCandidate> candidates, ReadOnlySpan<int> eligible, double unknown, double best)
    {
        var total = 0d;
        var chosen = eligible[0];
        foreach (var index in eligible)
        {
            var candidate = candidates[index];
            var weight = EffectiveWeight.Of(candidate.Entry.Weight, Score(candidate.Endpoint, unknown), best);
            credits[index] += weight;
            total += weight;
            if (credits[index] > credits[chosen])
            {
                chosen = index;
            }
        }

        credits[chosen] -= total;
        return chosen;
    }

    private static double FastestEstimate(ImmutableArray<RouteCandidate> candidates, ReadOnlySpan<int> eligible)
    {
        var fastest = double.PositiveInfinity;
        foreach (var index in eligible)
        {
            var estimate = candidates[index].Endpoint.EstimateSeconds;
            if (estimate < fastest)
            {
                fastest = estimate;
            }
        }

        return double.IsPositiveInfinity(fastest) ? 0 : fastest;
    }

    private static double BestScore(ImmutableArray<RouteCandidate> candidates, ReadOnlySpan<int> eligible, double unknown)
    {
        var best = double.PositiveInfinity;
        foreach (var index in eligible)
        {
            best = Math.Min(best, Score(candidates[index].Endpoint, unknown));
        }

        return best;
    }

    private static double Score(EndpointState endpoint, double unknown)
    {
        var estimate = endpoint.EstimateSeconds;
        return EffectiveWeight.Score(double.IsNaN(estimate) ? unknown : estimate, endpoint.InFlight);
    }

    private sealed class Stripe
    {
        private int busy;

        public Stripe(ImmutableArray<RouteCandidate> candidates, Random random)
        {
            Credits = new double[candidates.Length];
            for (var i = 0; i < Credits.Length; i++)
            {
                Credits[i] = random.NextDouble() * candidates[i].Entry.Weight;
            }
        }

        public double[] Credits { get; }

        public bool TryEnter() => Volatile.Read(ref busy) == 0 && Interlocked.Exchange(ref busy, 1) == 0;

        public void Exit() => Volatile.Write(ref busy, 0);
    }
}
