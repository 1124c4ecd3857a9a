using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing.Health;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing;

namespace Gateway.Api.Tests.Routing;

public sealed class ProbeTests
{
    private readonly RoutingBench bench = new(Entries.Live("a"), Entries.Live("b"));

    private FakeEndpointGrain Owner => bench.Cluster.Endpoint("a");

    [Fact]
    public async Task Before_its_time_nobody_asks_for_a_probe()
    {
        bench.Feed(bench.Open("a"));

        (await bench.ChooseAsync()).Candidate!.Entry.Id.Should().Be("b");
        Owner.ProbeRequests.Should().BeEmpty();
    }

    [Fact]
    public async Task When_due_one_request_becomes_the_probe_and_others_go_on_elsewhere()
    {
        MakeDue();
        Grant(41);

        var probe = await bench.ChooseAsync();
        var other = await bench.ChooseAsync();

        probe.Candidate!.Entry.Id.Should().Be("a");
        probe.ProbeId.Should().Be(41);
        other.Candidate!.Entry.Id.Should().Be("b");
        Owner.ProbeRequests.Should().ContainSingle();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_keep_the_next_probe_away()
    {
        MakeDue();
        Grant(41);
        (await bench.ChooseAsync()).ProbeId.Should().Be(41);

        bench.Time.SetClock(-TimeSpan.FromHours(1));
        bench.Time.Advance(HealthPolicy.ProbePermit);
        Grant(42);

        (await bench.ChooseAsync()).ProbeId.Should().Be(42);
    }

    [Fact]
    public async Task A_refused_probe_pauses_the_asking()
    {
        MakeDue();

        for (var i = 0; i < 10; i++)
        {
            (await bench.ChooseAsync()).Candidate!.Entry.Id.Should().Be("b");
        }

        Owner.ProbeRequests.Should().ContainSingle();
        bench.Time.Advance(ProbeGate.Pause);
        await bench.ChooseAsync();
        Owner.ProbeRequests.Should().HaveCount(2);
    }

    [Fact]
    public async Task A_silent_owner_holds_a_request_up_for_250_ms_at_most_and_its_late_permit_serves_the_next_one()
    {
        MakeDue();
        var answer = new TaskCompletionSource<ProbePermit?>();
        Owner.OnProbe = () => answer.Task;

        var waiting = bench.ChooseAsync();
        var meanwhile = await bench.ChooseAsync();
        await Eventually.TrueAsync(() => bench.Time.ArmedTimers > 0, "the request waits with a bound");
        bench.Time.Advance(ProbeGate.Patience);

        meanwhile.Candidate!.Entry.Id.Should().Be("b");
        (await waiting).Candidate!.Entry.Id.Should().Be("b");
        answer.SetResult(new ProbePermit { ProbeId = 9, ValidUntil = bench.Time.GetUtcNow().AddSeconds(30) });
        (await bench.ChooseAsync()).ProbeId.Should().Be(9);
        Owner.ProbeRequests.Should().ContainSingle();
    }

    [Fact]
    public async Task An_unreachable_owner_does_not_fail_the_request()
    {
        MakeDue();
        Owner.OnProbe = () => throw new TimeoutException();

        (await bench.ChooseAsync()).Candidate!.Entry.Id.Should().Be("b");
    }

    [Fact]
    public async Task A_settled_probe_is_reported_alone_with_its_outcome()
    {
        MakeDue();
        Grant(41);
        var probe = await bench.ChooseAsync();
        bench.Endpoint("a").Outcomes.AddSuccess();

        bench.Run(probe, TimeSpan.FromMilliseconds(5));

        var settled = bench.Endpoint("a").Outcomes.Take()!;
        settled.ProbeId.Should().Be(41);
        settled.Runs.Should().ContainSingle().Which.Failure.Should().Be(UpstreamFailure.None);
        bench.Endpoint("a").Outcomes.Take()!.ProbeId.Should().BeNull();
    }

    [Fact]
    public async Task An_entry_behind_a_usable_group_is_not_probed()
    {
        var ranked = new RoutingBench(Entries.Live("main"), Entries.Live("backup", priority: 1));
        ranked.Feed(ranked.Open("backup", TimeSpan.FromSeconds(1)));
        ranked.Time.Advance(TimeSpan.FromSeconds(2));

        (await ranked.ChooseAsync()).Candidate!.Entry.Id.Should().Be("main");
        ranked.Cluster.Endpoint("backup").ProbeRequests.Should().BeEmpty();
    }

    private void MakeDue()
    {
        bench.Feed(bench.Open("a", TimeSpan.FromSeconds(1)));
        bench.Time.Advance(TimeSpan.FromSeconds(2));
    }

    private void Grant(long id)
    {
        var permits = new Queue<ProbePermit?>([new ProbePermit { ProbeId = id, ValidUntil = bench.Time.GetUtcNow().AddSeconds(30) }, null]);
        Owner.OnProbe = () => Task.FromResult(permits.Dequeue());
    }
}
