using FsCheck;
using FsCheck.Fluent;
using Gateway.Grains.Limits;
using Microsoft.FSharp.Core;

namespace Gateway.Grains.Tests.Limits.Model;

/// <summary>Whatever happens in whatever order, no limit is exceeded, and nothing is lost for good. A failure shows the shortest schedule that was found, and its seed.</summary>
public sealed class QuotaProperties(ITestOutputHelper output)
{
    private const int Schedules = 1_500;

    // Asking, working and answering come often, so that there is something to break.
    private static readonly (int Weight, StepKind Kind)[] Weights =
    [
        (45, StepKind.Work), (8, StepKind.Ask), (4, StepKind.AskMuch), (10, StepKind.Begin), (28, StepKind.Settle), (12, StepKind.Report), (8, StepKind.Deliver),
        (2, StepKind.DeliverTwice), (18, StepKind.DeliverNewest), (2, StepKind.Drop), (24, StepKind.Answer), (2, StepKind.DropAnswer),
        (3, StepKind.Repeat), (2, StepKind.GiveUp), (8, StepKind.Pass), (1, StepKind.PassLong), (3, StepKind.Fault), (4, StepKind.GoOn),
        (1, StepKind.Outage), (2, StepKind.Crash), (1, StepKind.Close), (1, StepKind.Die), (1, StepKind.ReadJournal), (1, StepKind.SetClock),
    ];

    // Without concurrency in the way it takes more requests until a limit is reached.
    private static readonly (int Weight, StepKind Kind)[] BusyWeights =
    [
        .. Weights.Where(weight => weight.Kind is not (StepKind.AskMuch or StepKind.Ask or StepKind.Outage)),
        (200, StepKind.Work), (40, StepKind.Report), (60, StepKind.DeliverNewest), (25, StepKind.Pass), (8, StepKind.Crash),
    ];

    [Theory]
    [InlineData(true, WorldKind.Small, 20_261_127UL)]
    [InlineData(false, WorldKind.Small, 3_727UL)]
    [InlineData(true, WorldKind.Large, 20_261_128UL)]
    [InlineData(false, WorldKind.Large, 728UL)]
    [InlineData(true, WorldKind.Midnight, 3_734UL)]
    [InlineData(false, WorldKind.Midnight, 729UL)]
    internal void No_schedule_admits_more_than_a_limit_or_loses_capacity_for_good(bool isShared, WorldKind kind, ulong seed)
    {
        output.WriteLine($"seed {seed}");
        var (admitted, full, over, silent) = (0L, 0, 0, 0);
        var replay = new Replay(new Rnd(seed, 97), FSharpOption<int>.None);
        var config = Config.QuickThrowOnFailure.WithMaxTest(Schedules).WithEndSize(400).WithReplay(FSharpOption<Replay>.Some(replay));
        Prop.ForAll(Arb.From(Schedule(kind == WorldKind.Large ? BusyWeights : Weights), Shorter), steps => { Count(Run(steps, isShared, kind)); }).Check(config);

        output.WriteLine($"{admitted} units were admitted; {full} schedules reached a limit, {over} went over the soft one, {silent} ended with a node that said no more");
        full.Should().BeGreaterThan(Schedules / 10, "schedules that never reach a limit show nothing");
        silent.Should().BeGreaterThan(Schedules / 100, "a node that holds nothing need not speak to the activation that comes next");
        (kind != WorldKind.Small || over > Schedules / 100).Should().BeTrue("requests used more than was reserved for them");

        void Count(World world)
        {
            admitted += world.Upstream.Count;
            over += world.SoftUse.Any(use => use.Used > world.LimitOf(World.Soft)) ? 1 : 0;
            silent += world.Silent > 0 ? 1 : 0;
            full += world.Upstream.MostInAnyRow("rpm", TimeSpan.FromSeconds(60)) > world.LimitOf("rpm") * 6 / 7 || world.MostInFlight == world.Limits.Concurrency
                || world.Upstream.MostInAnyPeriod("usd/rolls") >= world.LimitOf("usd/rolls") ? 1 : 0;
        }
    }

    internal static World Run(IReadOnlyList<Step> steps, bool isShared, WorldKind kind)
    {
        var world = new World(isShared, kind);
        foreach (var step in steps)
        {
            world.Do(step);
        }

        CheckLimits(world);
        var settled = world.Settle();
        CheckLimits(world);
        world.AllJournalsRead.Should().BeTrue();
        settled.PermitsOut.Should().Be(0);
        foreach (var window in settled.Windows)
        {
            window.Reserved.Should().Be(0, "nobody holds anything of {0} any more", window.WindowId);
            if (window.WindowId is "usd/day" or "rpd" or World.Soft)
            {
                var really = world.ReallyUsed(window.WindowId, window.ResetsAt.AddDays(-1).ToUnixTimeMilliseconds());
                window.Used.Should().BeGreaterThanOrEqualTo(really, window.WindowId);
                (world.Activations > QuotaRules.MaxEpochs || window.Used == really).Should().BeTrue("of {0} exactly what was used is counted", window.WindowId);
            }
        }

        world.AskForAll().Refusal.Should().BeNull("all of it is free again");
        return world;
    }

    private static void CheckLimits(World world)
    {
        world.Upstream.MostInAnyRow("rpm", TimeSpan.FromSeconds(60)).Should().BeLessThanOrEqualTo(world.LimitOf("rpm"), "rpm");
        world.Upstream.MostInAnyPeriod("rpd").Should().BeLessThanOrEqualTo(world.LimitOf("rpd"), "rpd");
        world.Upstream.MostInAnyPeriod("usd/day").Should().BeLessThanOrEqualTo(world.LimitOf("usd/day"), "usd/day");
        world.Upstream.MostBeyondRollover("usd/rolls", world.LimitOf("usd/rolls")).Should().BeLessThanOrEqualTo(0, "usd/rolls");
        world.Upstream.MostInAnyRow("tokens/1h", TimeSpan.FromHours(1)).Should().BeLessThanOrEqualTo(world.LimitOf("tokens/1h"), "tokens/1h");
        world.SoftProblems.Should().BeEmpty();
        world.SoftUse.Should().NotContain(use => use.Used > use.Bound, "of a soft window no more is used beyond the limit than the last grant could not know of");
        world.MostInFlight.Should().BeLessThanOrEqualTo(world.Limits.Concurrency ?? int.MaxValue, "concurrency");
    }

    private static Gen<Step[]> Schedule((int Weight, StepKind Kind)[] weights) =>
        (from kind in Gen.Frequency(weights.Select(weight => (weight.Weight, Gen.Constant(weight.Kind))))
         from who in Gen.Choose(0, 9)
         from what in Gen.Choose(0, 99)
         select new Step(kind, who, what)).ArrayOf();

    private static IEnumerable<Step[]> Shorter(Step[] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
        {
            for (var start = 0; start + length <= steps.Length; start += length)
            {
                yield return [.. steps[..start], .. steps[(start + length)..]];
            }
        }
    }
}
