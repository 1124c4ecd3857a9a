using Gateway.Testing;
using Gateway.Abstractions.Endpoints;
using Gateway.Grains.Tests.Support;

namespace Gateway.Grains.Tests.Endpoints;

public sealed class EndpointGrainTests : IAsyncLifetime
{
    private readonly TemporaryFile _file = new();
    private GrainCluster _cluster = null!;
    private long _sequence;

    private IEndpointGrain Endpoint => _cluster.Endpoint("a");

    public async ValueTask InitializeAsync()
    {
        _file.Write(Json.Manifest(Json.Entry("a"), Json.Entry("b")));
        _cluster = await GrainCluster.StartAsync(_file, FakeProviderKeys.With("acct"));
        await _cluster.UntilEntries("a", "b");
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _file.Dispose();
    }

    [Fact]
    public async Task Failures_seen_by_different_nodes_add_up_to_one_open_circuit_for_all()
    {
        (await Report(UpstreamFailure.ServerError, 3, "n1")).Circuit.Should().Be(CircuitState.Closed);
        (await Report(UpstreamFailure.ServerError, 2, "n2")).Circuit.Should().Be(CircuitState.Open);

        var feed = await _cluster.UntilFeed(feed => feed.Verdicts.Length == 1, "the verdict is broadcast");
        feed.Verdicts[0].Circuit.Should().Be(CircuitState.Open);
        _cluster.Logs.Lines.Should().Contain(line => line.Contains("metis: the circuit of entry a is open"));
    }

    [Fact]
    public async Task Verdicts_are_per_entry_also_where_entries_share_an_endpoint_id()
    {
        await Report(UpstreamFailure.KeyRefused);

        (await _cluster.Endpoint("b").Describe()).Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public async Task A_report_that_is_sent_twice_counts_once()
    {
        var report = NewReport(UpstreamFailure.ServerError, 3, "n1");
        await Endpoint.Report(report);
        await Endpoint.Report(report);

        var description = await Endpoint.Describe();
        description.ConsecutiveFailures.Should().Be(3);
        description.Requests.Should().Be(3);
        description.FailuresByCause.Should().Contain("ServerError", 3);
    }

    [Fact]
    public async Task One_probe_in_the_cluster_closes_the_circuit()
    {
        await Report(UpstreamFailure.ConnectFailed, 5);
        (await Endpoint.TryBeginProbe("n1", "r1")).Should().BeNull();
        _cluster.Clock.Advance(HealthPolicy.FirstOpen);

        var permits = await Task.WhenAll(Enumerable.Range(0, 50).Select(index => Endpoint.TryBeginProbe($"n{index}", "r")));
        var permit = permits.Should().ContainSingle(item => item != null).Subject!;
        var verdict = await Endpoint.Report(NewReport(UpstreamFailure.None, 1, "n1") with { ProbeId = permit.ProbeId });

        verdict.IsHealthy.Should().BeTrue();
        await _cluster.UntilFeed(feed => feed.Verdicts.IsEmpty, "the feed knows that a is healthy");
    }

    [Fact]
    public async Task Cooling_ends_by_itself_and_everybody_learns_of_it()
    {
        await Report(UpstreamFailure.RateLimited);
        await _cluster.UntilFeed(feed => feed.Verdicts.Length == 1, "a cools");

        await Eventually.MatchAsync(
            () =>
            {
                _cluster.Clock.Advance(TimeSpan.FromSeconds(1));
                return _cluster.Feed();
            },
            feed => feed.Verdicts.IsEmpty,
            "a has cooled");
    }

    [Fact]
    public async Task A_node_that_works_from_an_old_verdict_gets_the_present_one_as_news()
    {
        await Report(UpstreamFailure.ServerError, 5);
        await _cluster.UntilFeed(feed => feed.Verdicts.Length == 1, "a is open");
        await _cluster.DeactivateAsync(Endpoint);
        _cluster.Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await Endpoint.TryBeginProbe("n1", "r1")).Should().BeNull("the new activation knows of no trouble");

        await _cluster.UntilFeed(feed => feed.Verdicts.IsEmpty, "the feed knows that a is healthy");
    }

    [Fact]
    public async Task Reset_closes_the_circuit_under_a_newer_version()
    {
        var open = await Report(UpstreamFailure.ServerError, 5);

        var closed = await Endpoint.Reset();

        closed.IsHealthy.Should().BeTrue();
        closed.Version.Should().BeGreaterThan(open.Version);
    }

    [Fact]
    public async Task After_a_clock_was_set_back_nodes_learn_that_a_probe_is_due()
    {
        await Report(UpstreamFailure.ServerError, 5);
        await _cluster.UntilFeed(feed => feed.Verdicts.Length == 1, "a is open");

        _cluster.Clock.SetClock(-TimeSpan.FromHours(1));

        await _cluster.UntilLaterFeed(feed => feed.Verdicts[0].OpenUntil <= _cluster.Clock.GetUtcNow(), "the opening is over");
    }

    [Fact]
    public async Task A_report_without_bounds_is_refused()
    {
        var report = () => Endpoint.Report(NewReport(UpstreamFailure.None, 0, "n1"));

        await report.Should().ThrowAsync<ArgumentException>();
    }

    private Task<EndpointVerdict> Report(UpstreamFailure failure, int count = 1, string node = "n1") => Endpoint.Report(NewReport(failure, count, node));

    private EndpointReport NewReport(UpstreamFailure failure, int count, string node) => new()
    {
        NodeId = node,
        Session = "s",
        Sequence = ++_sequence,
        Runs = [new OutcomeRun { Failure = failure, Count = count }],
        InFlight = 0,
        KeyFingerprint = "key",
    };
}
