using FsCheck;
using FsCheck.Fluent;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Routing;

/// <summary>Random entries in random states: what a choice may never be.</summary>
public sealed class RouterPropertyTests
{
    private static readonly Gen<Plan> Plans =
        from priority in Gen.Choose(0, 2)
        from restricted in Gen.Elements(false, false, true)
        from status in Gen.Elements(EntryStatus.Live, EntryStatus.Live, EntryStatus.Live, EntryStatus.Offline)
        from word in Gen.Elements<OverrideMode?>(null, null, null, OverrideMode.Drain, OverrideMode.Live)
        from state in Gen.Elements(State.Closed, State.Closed, State.Open, State.Cooling, State.KeyRefused)
        from tried in Gen.Elements(false, false, true)
        select new Plan(priority, restricted, status, word, state, tried);

    private enum State
    {
        Closed,
        Open,
        Cooling,
        KeyRefused,
    }

    [Fact]
    public void A_choice_serves_is_allowed_untried_and_of_the_best_usable_group_and_a_block_says_why() => Prop.ForAll(
        Plans.NonEmptyListOf().Select(plans => plans.Take(6).ToArray()).ToArbitrary(),
        async plans =>
        {
            var bench = Build(plans);
            var tried = bench.Route().Candidates.Where(candidate => plans[Index(candidate)].Tried).ToArray();

            var choice = await bench.ChooseAsync(tried: tried);

            return choice.Candidate is { } chosen
                ? IsRight(plans, plans[Index(chosen)])
                : choice.Blocked == ExpectedBlock(plans);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static bool IsRight(Plan[] plans, Plan chosen)
    {
        var usable = plans.Where(plan => plan is { Reachable: true, State: State.Closed }).ToArray();
        if (usable.Length == 0)
        {
            var open = plans.Where(plan => plan is { Reachable: true, State: State.Open, Tried: false });
            return chosen is { Reachable: true, State: State.Open, Tried: false } && chosen.Priority == open.Min(plan => plan.Priority);
        }

        return chosen is { Reachable: true, State: State.Closed, Tried: false }
            && chosen.Priority == usable.Where(plan => !plan.Tried).Min(plan => plan.Priority);
    }

    private static RouteBlock ExpectedBlock(Plan[] plans)
    {
        var reachable = plans.Where(plan => plan.Reachable).ToArray();
        return plans.All(plan => plan.Restricted) ? RouteBlock.NotAllowed
            : reachable.Length == 0 ? RouteBlock.NotServing
            : reachable.Any(plan => plan.Tried) ? RouteBlock.AllTried
            : reachable.Any(plan => plan.State is State.Cooling) ? RouteBlock.Cooling
            : RouteBlock.KeyRefused;
    }

    private static RoutingBench Build(Plan[] plans)
    {
        var bench = new RoutingBench([.. plans.Select((plan, index) =>
            Entries.Live("e" + index, priority: plan.Priority).With(plan.Status) with { AllowedGroups = plan.Restricted ? ["local/physics"] : null })]);
        var words = plans.Select((plan, index) => (plan.Word, Id: "e" + index)).Where(pair => pair.Word is not null);
        bench.Feed([.. words.Select(pair => Entries.Override(pair.Id, pair.Word!.Value))]);
        bench.Feed([.. plans.Select((plan, index) => (plan, Id: "e" + index)).Where(pair => pair.plan.State is State.Open).Select(pair => bench.Open(pair.Id))]);
        for (var index = 0; index < plans.Length; index++)
        {
            bench.Fail("e" + index, plans[index].State is State.Cooling ? 1 : 0, UpstreamFailure.RateLimited);
            bench.Fail("e" + index, plans[index].State is State.KeyRefused ? 1 : 0, UpstreamFailure.KeyRefused);
        }

        return bench;
    }

    private static int Index(RouteCandidate candidate) => int.Parse(candidate.Entry.Id[1..], System.Globalization.CultureInfo.InvariantCulture);

    private sealed record Plan(int Priority, bool Restricted, EntryStatus Status, OverrideMode? Word, State State, bool Tried)
    {
        public bool Reachable => !Restricted && Status is EntryStatus.Live && (Word is null or OverrideMode.Live);
    }
}
