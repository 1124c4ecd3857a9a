using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Routing.Fakes;

namespace Gateway.Api.Tests.Routing;

public sealed class RouterHealthTests
{
    private readonly RoutingBench bench = new(Entries.Live("a"), Entries.Live("b"));

    [Fact]
    public async Task Five_failures_in_a_row_keep_this_node_away_before_the_cluster_says_so()
    {
        bench.Fail("a", HealthPolicy.ConsecutiveFailures);

        await ExpectOnlyAsync("b");
    }

    [Fact]
    public async Task The_nodes_own_trip_ends_by_itself_when_the_cluster_says_nothing()
    {
        bench.Fail("a", HealthPolicy.ConsecutiveFailures);
        bench.Time.Advance(HealthPolicy.FirstOpen + TimeSpan.FromSeconds(1));

        (await ChosenAsync(10)).Should().Contain("a");
    }

    [Fact]
    public async Task Half_of_ten_failing_trips_too()
    {
        for (var i = 0; i < 5; i++)
        {
            bench.Endpoint("a").Begin(null).End(UpstreamFailure.None);
            bench.Fail("a", 1);
        }

        await ExpectOnlyAsync("b");
    }

    [Fact]
    public async Task Aborts_by_callers_do_not_count()
    {
        bench.Fail("a", 50, UpstreamFailure.CallerGone);

        (await ChosenAsync(10)).Should().Contain("a");
    }

    [Fact]
    public async Task A_429_cools_for_its_retry_after_and_never_trips()
    {
        bench.Fail("a", 20, UpstreamFailure.RateLimited, TimeSpan.FromSeconds(30));
        await ExpectOnlyAsync("b");

        bench.Time.Advance(TimeSpan.FromSeconds(31));
        (await ChosenAsync(10)).Should().Contain("a");
    }

    [Fact]
    public async Task When_all_cool_the_soonest_end_and_its_cause_are_told()
    {
        bench.Fail("a", 1, UpstreamFailure.RateLimited, TimeSpan.FromSeconds(30));
        bench.Fail("b", 1, UpstreamFailure.Unavailable, TimeSpan.FromSeconds(7));

        var choice = await bench.ChooseAsync();

        choice.Blocked.Should().Be(RouteBlock.Cooling);
        choice.RetryAfter.Should().Be(TimeSpan.FromSeconds(7));
        choice.CoolingCause.Should().Be(UpstreamFailure.Unavailable);
    }

    [Fact]
    public async Task When_every_account_is_out_of_quota_it_says_so()
    {
        bench.Fail("a", 1, UpstreamFailure.QuotaExhausted);
        bench.Fail("b", 1, UpstreamFailure.QuotaExhausted);

        (await bench.ChooseAsync()).Blocked.Should().Be(RouteBlock.QuotaExhausted);
    }

    [Fact]
    public async Task When_every_entry_is_open_all_are_used_as_if_closed()
    {
        bench.Feed(bench.Open("a"), bench.Open("b"));

        (await ChosenAsync(10)).Should().BeEquivalentTo("a", "b");
    }

    [Fact]
    public async Task A_cooling_entry_is_no_reason_to_spare_the_open_ones()
    {
        bench.Feed(bench.Open("a"));
        bench.Fail("b", 1, UpstreamFailure.RateLimited);

        (await ChosenAsync(5)).Should().BeEquivalentTo("a");
    }

    [Fact]
    public async Task While_another_entry_is_closed_an_open_one_gets_nothing_even_when_the_closed_one_was_tried()
    {
        bench.Feed(bench.Open("a"));
        var tried = (await bench.ChooseAsync()).Candidate!;

        (await bench.ChooseAsync(tried: tried)).Blocked.Should().Be(RouteBlock.AllTried);
    }

    [Fact]
    public async Task A_success_takes_the_nodes_own_trip_back()
    {
        bench.Fail("a", HealthPolicy.ConsecutiveFailures);
        bench.Endpoint("a").Begin(null).End(UpstreamFailure.None);

        (await ChosenAsync(10)).Should().Contain("a");
    }

    private async Task ExpectOnlyAsync(string id) => (await ChosenAsync(20)).Should().BeEquivalentTo(id);

    private async Task<HashSet<string>> ChosenAsync(int calls)
    {
        var chosen = new HashSet<string>();
        for (var i = 0; i < calls; i++)
        {
            chosen.Add((await bench.ChooseAsync()).Candidate!.Entry.Id);
        }

        return chosen;
    }
}
