using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;

namespace Gateway.Grains.Tests.Endpoints;

/// <summary>Random histories of an endpoint: outcomes, pauses and attempts to probe, in any order.</summary>
internal static class HealthSchedule
{
    public static readonly Gen<UpstreamFailure> Failures = Gen.Elements(Enum.GetValues<UpstreamFailure>());

    public static readonly Gen<OutcomeRun> Runs = Failures.SelectMany(
        failure => Gen.Choose(1, 12).SelectMany(
            count => Gen.Elements<TimeSpan?>(null, TimeSpan.Zero, TimeSpan.FromSeconds(7), TimeSpan.FromDays(2)).SelectMany(
                retryAfter => Gen.Elements(false, failure is UpstreamFailure.None)
                    .Select(rejected => new OutcomeRun { Failure = failure, Count = count, RetryAfter = retryAfter, Rejected = rejected }))));

    public static readonly Gen<Step> Steps = Gen.Frequency(
        (4, Gen.ListOf(Runs, 2).Select(runs => (Step)new Step.Outcomes([.. runs]))),
        (3, Gen.Choose(0, 40).Select(seconds => (Step)new Step.Pause(TimeSpan.FromSeconds(seconds)))),
        (3, Gen.Constant((Step)new Step.TryProbe())),
        (2, Runs.Select(run => (Step)new Step.SettleProbe(run))));

    public static readonly Gen<IReadOnlyList<Step>> Histories = Gen.Resize(Gen.ListOf(Steps), 60).Select(list => (IReadOnlyList<Step>)[.. list]);

    public abstract record Step
    {
        internal sealed record Outcomes(ImmutableArray<OutcomeRun> Runs) : Step;

        internal sealed record Pause(TimeSpan Length) : Step;

        internal sealed record TryProbe : Step;

        internal sealed record SettleProbe(OutcomeRun Outcome) : Step;
    }
}
