using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing.Balancing;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing;

namespace Gateway.Api.Tests.Routing;

public sealed class BalancingTests
{
    private static readonly Config Quick = Config.QuickThrowOnFailure.WithMaxTest(60);

    [Fact]
    public void For_any_weights_each_entry_gets_its_share_within_one_turn_a_stripe() => Prop.ForAll(
        Gen.Choose(1, 100).NonEmptyListOf().Select(weights => weights.Take(8).ToArray()).ToArbitrary(),
        weights =>
        {
            var bench = new RoutingBench([.. weights.Select((weight, index) => Entries.Live("e" + index, weight: weight))]);
            var candidates = bench.Route().Candidates;
            var eligible = Enumerable.Range(0, candidates.Length).ToArray();
            const int calls = 1_000;
            var counts = new int[candidates.Length];
            for (var i = 0; i < calls; i++)
            {
                counts[bench.Route().Balancer.Choose(candidates, eligible)]++;
            }

            var total = candidates.Sum(candidate => candidate.Entry.Weight);
            var slack = 2.0 * Api.Routing.ProcessorStripes.Count;
            return counts.Select((count, index) => Math.Abs(count - (calls * (double)candidates[index].Entry.Weight / total))).All(error => error <= slack);
        }).Check(Quick);

    [Fact]
    public async Task Many_threads_at_once_still_get_an_even_split()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));
        var candidates = bench.Route().Candidates;
        var first = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                if (bench.Route().Balancer.Choose(candidates, [0, 1]) == 0)
                {
                    Interlocked.Increment(ref first);
                }
            }
        }, TestContext.Current.CancellationToken)));

        first.Should().BeInRange(19_900, 20_100);
    }

    [Fact]
    public void The_effective_weight_is_whole_within_the_tolerance_and_never_vanishes() => Prop.ForAll(
        Gen.Choose(1, 100).Zip(Gen.Choose(0, 100_000).Zip(Gen.Choose(0, 100_000))).ToArbitrary(),
        input =>
        {
            var weight = input.Item1;
            var best = Math.Min(input.Item2.Item1, input.Item2.Item2) / 1_000d;
            var score = Math.Max(input.Item2.Item1, input.Item2.Item2) / 1_000d;
            var effective = EffectiveWeight.Of(weight, score, best);
            var isWhole = score <= Math.Max(2 * best, best + 0.005);
            return isWhole ? effective == weight : effective < weight && effective >= weight * EffectiveWeight.LeastShare;
        }).Check(Quick);

    [Fact]
    public void The_estimate_stays_between_the_lowest_and_the_highest_sample() => Prop.ForAll(
        Gen.Choose(0, 60_000).Zip(Gen.Choose(0, 30_000)).NonEmptyListOf().ToArbitrary(),
        steps =>
        {
            var time = new FakeTimeProvider();
            var estimate = new PeakEwma(time);
            foreach (var (sample, pause) in steps)
            {
                time.Advance(TimeSpan.FromMilliseconds(pause));
                estimate.Observe(TimeSpan.FromMilliseconds(sample));
            }

            var samples = steps.Select(step => step.Item1 / 1_000d).ToArray();
            return steps.Count < 5
                ? double.IsNaN(estimate.Seconds)
                : estimate.Seconds >= samples.Min() - 1e-9 && estimate.Seconds <= samples.Max() + 1e-9;
        }).Check(Quick);

    [Fact]
    public void Five_slow_answers_raise_the_estimate_at_once_and_fewer_do_not()
    {
        var time = new FakeTimeProvider();
        var estimate = new PeakEwma(time);
        Observe(estimate, time, 10, 10, 10, 10, 10, 400, 400, 400, 400);
        estimate.Seconds.Should().BeApproximately(0.010, 1e-6);

        Observe(estimate, time, 400);

        estimate.Seconds.Should().BeApproximately(0.400, 1e-6);
    }

    /// <summary>Stalls of a crowded machine: a few calls in a row are slow, whichever entry they go to.</summary>
    [Fact]
    public void Stalls_that_meet_one_entry_more_than_the_other_leave_the_shares_even()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));
            var candidates = bench.Route().Candidates;
            var (first, stall) = (0, 0);
            for (var call = 0; call < 1_000; call++)
            {
                stall = call % 20 == 0 ? random.Next(0, 7) : stall - 1;
                var index = bench.Route().Balancer.Choose(candidates, [0, 1]);
                first += index == 0 ? 1 : 0;
                var attempt = candidates[index].Endpoint.Begin(null);
                bench.Time.Advance(TimeSpan.FromMilliseconds(stall > 0 ? random.Next(10, 60) : random.Next(1, 4)));
                attempt.FirstByte();
                attempt.End(UpstreamFailure.None);
            }

            first.Should().BeInRange(450, 550, "seed {0}", seed);
        }
    }

    [Fact]
    public void Ten_seconds_of_faster_answers_halve_the_distance_however_many_they_are()
    {
        var time = new FakeTimeProvider();
        var estimate = new PeakEwma(time);
        Observe(estimate, time, 1_000, 1_000, 1_000, 1_000, 1_000);
        Observe(estimate, time, 0);

        for (var i = 0; i < 100; i++)
        {
            time.Advance(PeakEwma.HalfLife / 100);
            estimate.Observe(TimeSpan.Zero);
        }

        estimate.Seconds.Should().BeApproximately(0.5, 0.01);
    }

    private static void Observe(PeakEwma estimate, FakeTimeProvider time, params int[] milliseconds)
    {
        foreach (var sample in milliseconds)
        {
            time.Advance(TimeSpan.FromTicks(1));
            estimate.Observe(TimeSpan.FromMilliseconds(sample));
        }
    }
}
