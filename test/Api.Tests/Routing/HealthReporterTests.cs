using Gateway.Abstractions.Endpoints;
using Gateway.Api.Routing;
using Gateway.Api.Routing.Health;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing;

namespace Gateway.Api.Tests.Routing;

public sealed class HealthReporterTests
{
    [Fact]
    public async Task A_failure_is_reported_at_once_and_the_verdict_of_the_answer_holds()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time);
        var owner = node.Cluster.Endpoint("a");
        owner.Verdict = owner.Next(CircuitState.Open, time.GetUtcNow().AddSeconds(10));

        Endpoint(node).Begin(null).End(UpstreamFailure.ServerError);

        // The clock stands still: nothing but the failure itself can have sent this.
        await Eventually.TrueAsync(() => Endpoint(node).Health.Verdict is { Circuit: CircuitState.Open }, "the answer is applied");
        owner.Reports.Should().ContainSingle().Which.Runs.Should().ContainSingle().Which.Failure.Should().Be(UpstreamFailure.ServerError);
    }

    [Fact]
    public async Task Successes_wait_for_the_second_and_go_together()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time);
        for (var i = 0; i < 30; i++)
        {
            Endpoint(node).Begin(null).End(UpstreamFailure.None);
        }

        await AdvanceUntilAsync(time, () => !node.Cluster.Endpoint("a").Reports.IsEmpty);

        var run = node.Cluster.Endpoint("a").Reports.First().Runs.Should().ContainSingle().Which;
        run.Should().Be(new OutcomeRun { Failure = UpstreamFailure.None, Count = 30 });
    }

    [Fact]
    public async Task An_unanswered_report_is_sent_again_as_it_was_and_later_outcomes_follow_it()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time);
        var owner = node.Cluster.Endpoint("a");
        var failing = true;
        owner.OnReport = _ => failing ? throw new TimeoutException() : Task.CompletedTask;
        Endpoint(node).Begin(null).End(UpstreamFailure.ServerError);
        await Eventually.TrueAsync(() => !owner.Reports.IsEmpty, "sent");
        Endpoint(node).Begin(null).End(UpstreamFailure.ConnectFailed);
        await AdvanceUntilAsync(time, () => owner.Reports.Count > 1);

        failing = false;
        await AdvanceUntilAsync(time, () => owner.Reports.Any(report => report.Sequence == 2));

        owner.Reports.Where(report => report.Sequence == 1).Should().HaveCountGreaterThan(1)
            .And.OnlyContain(report => report.Runs.Single().Failure == UpstreamFailure.ServerError);
        owner.Reports.First(report => report.Sequence == 2).Runs.Should().ContainSingle().Which.Failure.Should().Be(UpstreamFailure.ConnectFailed);
    }

    [Fact]
    public async Task What_requests_at_the_upstream_before_see_is_not_told_of_the_present_one_whose_reports_count()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time);
        var owner = node.Cluster.Endpoint("a");
        var underWay = Endpoint(node).Begin(null);
        Endpoint(node).Begin(null).End(UpstreamFailure.ServerError);
        await Eventually.TrueAsync(() => owner.Reports.Count == 1, "sent");
        var before = Endpoint(node);

        node.Cluster.Manifest.Publish(Entries.Live("a") with { Url = "https://moved.example/v1" });
        await AdvanceUntilAsync(time, () => Endpoint(node) != before);
        underWay.End(UpstreamFailure.RateLimited, TimeSpan.FromHours(1));
        Endpoint(node).Begin(null).End(UpstreamFailure.ConnectFailed);
        await Eventually.TrueAsync(() => owner.Reports.Count > 1, "the present one's is sent");

        var report = owner.Reports.Last();
        report.Sequence.Should().BeGreaterThan(owner.Reports.First().Sequence);
        report.Runs.Should().ContainSingle().Which.Failure.Should().Be(UpstreamFailure.ConnectFailed);
        Endpoint(node).Health.Cooling(time.GetUtcNow()).Should().BeNull();
    }

    [Fact]
    public async Task A_report_names_the_node_its_session_its_load_and_the_key_that_was_accepted()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time);
        var target = node.Router.Current!.Find("m")!.Candidates[0].Target;
        Endpoint(node).Begin(null, target);
        Endpoint(node).Begin(null, target).End(UpstreamFailure.None);
        Endpoint(node).Begin(null, target).End(UpstreamFailure.ServerError);

        await Eventually.TrueAsync(() => !node.Cluster.Endpoint("a").Reports.IsEmpty, "sent");

        var report = node.Cluster.Endpoint("a").Reports.First();
        report.NodeId.Should().Be("node-1");
        report.Session.Should().NotBeEmpty();
        report.InFlight.Should().Be(1);
        report.KeyFingerprint.Should().Be(target.KeyFingerprint);
    }

    [Fact]
    public async Task An_answer_that_covers_all_failures_ends_the_nodes_own_precautions()
    {
        var time = new FakeTimeProvider();
        await using var node = await StartAsync(time);

        for (var i = 0; i < HealthPolicy.ConsecutiveFailures; i++)
        {
            Endpoint(node).Begin(null).End(UpstreamFailure.ServerError);
        }

        await Eventually.TrueAsync(() => Endpoint(node).Health.IsClear, "the cluster, which knows more, says closed");
    }

    [Fact]
    public void Runs_keep_their_order_and_their_number_is_bounded()
    {
        var log = new OutcomeLog();
        log.AddSuccess();
        log.AddSuccess();
        log.AddFailure(UpstreamFailure.ServerError, null);
        log.AddFailure(UpstreamFailure.ServerError, null);
        log.AddSuccess();

        log.Take()!.Runs.Select(run => (run.Failure, run.Count)).Should().Equal(
            (UpstreamFailure.None, 2), (UpstreamFailure.ServerError, 2), (UpstreamFailure.None, 1));

        for (var i = 0; i < 10_000; i++)
        {
            log.AddSuccess();
            log.AddFailure(i % 2 == 0 ? UpstreamFailure.ConnectFailed : UpstreamFailure.ServerError, null);
        }

        var runs = log.Take()!.Runs;
        runs.Length.Should().BeLessThanOrEqualTo(OutcomeLog.MaximumRuns);
        runs.Sum(run => run.Count).Should().Be(20_000);
    }

    private static EndpointState Endpoint(RoutingNode node) => node.State.Current!.Endpoints["a"];

    private static async Task<RoutingNode> StartAsync(FakeTimeProvider time)
    {
        var node = await RoutingNode.StartAsync(time);
        node.Cluster.Manifest.Publish(Entries.Live("a"));
        await Eventually.TrueAsync(() => node.Router.Current is not null, "loaded");
        return node;
    }

    private static Task AdvanceUntilAsync(FakeTimeProvider time, Func<bool> condition) => Eventually.TrueAsync(
        () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        },
        "sent by the clock");
}
