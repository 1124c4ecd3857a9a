using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings.Access;

namespace Gateway.Api.Tests.Routing;

public sealed class UsableRouteTests
{
    [Fact]
    public void Where_a_request_may_go_to_all_entries_nothing_is_made_for_it()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));

        bench.Usable().Should().BeSameAs(bench.Usable());
        bench.Usable().Candidates.Should().Equal(bench.Route().Candidates);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Entries_that_do_not_serve_or_are_for_others_are_left_out(int place)
    {
        var ids = ImmutableArray.Create("a", "b", "c");
        foreach (var unusable in (ManifestEntry[])[Entries.Live(ids[place]).With(EntryStatus.Offline), Entries.Live(ids[place]) with { AllowedGroups = ["local/others"] }])
        {
            var bench = new RoutingBench([.. ids.Select(id => id == unusable.Id ? unusable : Entries.Live(id))]);

            bench.Usable().Candidates.Select(candidate => candidate.Entry.Id).Should().Equal(ids.Remove(unusable.Id));
        }
    }

    [Fact]
    public async Task Entries_that_are_left_out_change_nothing_of_the_balance_between_the_others()
    {
        var bench = new RoutingBench(Entries.Live("off").With(EntryStatus.Offline), Entries.Live("a", weight: 3), Entries.Live("closed") with { AllowedGroups = ["local/others"] }, Entries.Live("b"));
        var chosen = new List<string>();
        for (var i = 0; i < 100; i++)
        {
            chosen.Add(await bench.CallAsync(TimeSpan.Zero));
        }

        chosen.Count(id => id == "a").Should().BeInRange(74, 76);
        chosen.Should().OnlyContain(id => id == "a" || id == "b");
    }

    [Fact]
    public async Task A_rule_that_is_relaxed_meanwhile_opens_no_entry_that_nothing_was_reserved_for()
    {
        var bench = new RoutingBench(Entries.Live("dear"), Entries.Live("b", priority: 1));
        bench.Access.Document = Deny("dear");
        var usable = bench.Usable();

        bench.Access.Document = AccessDocument.Open;

        (await bench.ChooseAsync()).Candidate!.Entry.Id.Should().Be("dear", "it is open now");
        var first = (await bench.ChooseAsync(usable)).Candidate!;
        first.Entry.Id.Should().Be("b");
        (await bench.ChooseAsync(usable, tried: first)).Blocked.Should().Be(RouteBlock.AllTried);
    }

    [Fact]
    public async Task A_rule_that_is_tightened_meanwhile_counts_at_the_next_choice()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b", priority: 1));
        var usable = bench.Usable();

        bench.Access.Document = Deny("a");
        (await bench.ChooseAsync(usable)).Candidate!.Entry.Id.Should().Be("b");
        bench.Access.Document = Deny("a", "b");
        (await bench.ChooseAsync(usable)).Blocked.Should().Be(RouteBlock.NotAllowed);
    }

    private static AccessDocument Deny(params string[] endpoints) => new(true, [new AccessRuleText { Allow = false, Endpoints = [.. endpoints] }]);
}
