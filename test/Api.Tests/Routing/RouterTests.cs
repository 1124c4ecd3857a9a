using Gateway.Api.Http;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Routing;

public sealed class RouterTests
{
    private static readonly TimeSpan Fast = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_thousand_sequential_calls_split_evenly_between_two_equal_entries()
    {
        var counts = await CountAsync(new RoutingBench(Entries.Live("a"), Entries.Live("b")), 1_000, _ => Fast);

        counts["a"].Should().BeInRange(450, 550);
    }

    [Fact]
    public async Task Weights_of_three_to_one_give_three_quarters()
    {
        var counts = await CountAsync(new RoutingBench(Entries.Live("a", weight: 3), Entries.Live("b")), 1_000, _ => Fast);

        counts["a"].Should().BeInRange(720, 780);
    }

    [Fact]
    public async Task An_entry_that_is_ten_times_slower_gets_less_than_15_percent_and_is_not_forgotten()
    {
        var counts = await CountAsync(new RoutingBench(Entries.Live("a"), Entries.Live("b")), 1_000, id => id == "a" ? Fast : 10 * Fast);

        counts["b"].Should().BeInRange(20, 150);
    }

    [Fact]
    public async Task A_slow_first_answer_and_single_pauses_do_not_upset_an_even_split()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));
        var calls = 0;

        var counts = await CountAsync(bench, 1_000, _ => ++calls % 97 == 1 ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromMilliseconds(1));

        counts["a"].Should().BeInRange(450, 550);
    }

    [Fact]
    public async Task A_recovered_entry_gets_its_share_back()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));
        await CountAsync(bench, 500, id => id == "a" ? Fast : 100 * Fast);

        await CountAsync(bench, 5_000, _ => Fast);
        var counts = await CountAsync(bench, 1_000, _ => Fast);

        counts["b"].Should().BeInRange(450, 550);
    }

    [Fact]
    public async Task A_busy_entry_gets_less_than_an_idle_one()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));
        await CountAsync(bench, 20, _ => Fast);
        for (var i = 0; i < 9; i++)
        {
            bench.Endpoint("a").Begin(null);
        }

        var counts = await CountAsync(bench, 200, _ => Fast);

        counts["a"].Should().BeInRange(1, 40);
    }

    [Fact]
    public async Task The_lowest_priority_number_is_used_and_the_next_only_when_it_has_no_usable_entry()
    {
        var bench = new RoutingBench(Entries.Live("backup", priority: 1), Entries.Live("main"));

        (await bench.ChooseAsync()).Candidate!.Entry.Id.Should().Be("main");
        bench.Feed(bench.Open("main"));
        (await bench.ChooseAsync()).Candidate!.Entry.Id.Should().Be("backup");
    }

    [Fact]
    public async Task A_tried_entry_is_not_chosen_again()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));
        var first = (await bench.ChooseAsync()).Candidate!;

        var second = (await bench.ChooseAsync(tried: first)).Candidate!;
        var third = await bench.ChooseAsync(tried: [first, second]);

        second.Should().NotBeSameAs(first);
        third.Candidate.Should().BeNull();
        third.Blocked.Should().Be(RouteBlock.AllTried);
    }

    [Fact]
    public async Task An_entry_of_another_group_is_not_chosen_and_alone_means_not_allowed()
    {
        var restricted = Entries.Live("a") with { AllowedGroups = ["local/physics"] };
        var bench = new RoutingBench(restricted, Entries.Live("b"), Entries.Live("c", model: "secret") with { AllowedGroups = ["local/physics"] });

        for (var i = 0; i < 10; i++)
        {
            (await bench.ChooseAsync()).Candidate!.Entry.Id.Should().Be("b");
        }

        (await bench.ChooseAsync(model: "secret")).Blocked.Should().Be(RouteBlock.NotAllowed);
        (await bench.ChooseAsync(Entries.Caller("local/physics"), model: "secret")).Candidate!.Entry.Id.Should().Be("c");
    }

    [Fact]
    public async Task When_no_entry_serves_the_notice_comes_along()
    {
        var bench = new RoutingBench(Entries.Live("a").With(EntryStatus.Maintenance) with { Notice = "Back at noon." });

        var choice = await bench.ChooseAsync();

        choice.Blocked.Should().Be(RouteBlock.NotServing);
        choice.Notice.Should().Be("Back at noon.");
    }

    [Fact]
    public async Task Choosing_allocates_nothing_and_completes_synchronously_in_the_common_case()
    {
        var bench = new RoutingBench(Entries.Live("a"), Entries.Live("b"));
        var route = bench.Route();
        for (var i = 0; i < 1_000; i++)
        {
            await bench.ChooseAsync();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var completed = true;
        for (var i = 0; i < 1_000; i++)
        {
            var choice = bench.Router.ChooseAsync(UsableRoute.Of(route, Entries.Anyone, Operation.ChatCompletions), Entries.Anyone, Operation.ChatCompletions, [], "r", CancellationToken.None);
            completed &= choice.IsCompleted;
            await choice;
        }

        completed.Should().BeTrue();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000);
    }

    private static async Task<Dictionary<string, int>> CountAsync(RoutingBench bench, int calls, Func<string, TimeSpan> firstByte)
    {
        var counts = new Dictionary<string, int> { ["a"] = 0, ["b"] = 0 };
        for (var i = 0; i < calls; i++)
        {
            var choice = await bench.ChooseAsync();
            var id = choice.Candidate!.Entry.Id;
            counts[id]++;
            bench.Run(choice, firstByte(id));
        }

        return counts;
    }
}
