using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Tests.Support;
using Gateway.Testing.Upstreams;

namespace Gateway.Grains.Tests.Endpoints;

public sealed class ActiveProbeGrainTests : IAsyncLifetime
{
    private readonly TemporaryFile _file = new();
    private ScriptedUpstream _upstream = null!;
    private GrainCluster _cluster = null!;

    private IEndpointGrain Endpoint => _cluster.Endpoint("a");

    public async ValueTask InitializeAsync()
    {
        _upstream = ScriptedUpstream.Start(Replies.Json(200, "{}"));
        _file.Write(Json.Manifest(Entry("models")));
        _cluster = await GrainCluster.StartAsync(_file, FakeProviderKeys.With("acct"));
        await _cluster.UntilEntries("a");
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _upstream.DisposeAsync();
        _file.Dispose();
    }

    [Fact]
    public async Task An_entry_that_asks_for_it_is_probed_once_a_period_and_the_last_result_is_shown()
    {
        var probed = await UntilProbed();
        probed.LastProbe!.Kind.Should().Be(ProbeKind.Models);
        probed.LastProbe.Failure.Should().Be(UpstreamFailure.None);
        probed.LastProbe.Status.Should().Be(200);
        probed.Requests.Should().Be(0, "a probe is no request");

        await UntilLater(() => _upstream.Requests.Count >= 4);

        var elapsed = _cluster.Clock.GetUtcNow() - probed.LastProbe.At;
        (_upstream.Requests.Count - 1).Should().BeLessThanOrEqualTo((int)(elapsed / HealthPolicy.ActiveProbePeriod));
        (await Endpoint.Describe()).Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public async Task Probes_alone_open_the_circuit_and_close_it_again()
    {
        await UntilProbed();
        _upstream.Reply = Replies.Status(502);

        var opened = await _cluster.UntilLaterFeed(feed => feed.Verdicts.Length == 1, "the verdict is broadcast");
        opened.Verdicts[0].Circuit.Should().NotBe(CircuitState.Closed);
        opened.Verdicts[0].LastFailure.Should().Be(UpstreamFailure.ServerError);
        _cluster.Logs.Lines.Count(line => line.Contains("metis: the probe of entry a failed (ServerError)")).Should().Be(1);

        _upstream.Reply = Replies.Json(200, "{}");
        await _cluster.UntilLaterFeed(feed => feed.Verdicts.IsEmpty, "a probe closed the circuit");
    }

    [Fact]
    public async Task A_refused_key_moves_nothing()
    {
        _upstream.Reply = Replies.Status(401);
        await UntilDescribed(it => it.LastProbe?.Status == 401);
        _upstream.ClearRequests();

        await UntilLater(() => _upstream.Requests.Count >= 6);

        (await Endpoint.Describe()).Verdict.IsHealthy.Should().BeTrue();
    }

    [Fact]
    public async Task A_probe_holds_up_no_report_and_no_verdict()
    {
        await UntilProbed();
        _upstream.ClearRequests();
        _upstream.Reply = Replies.Hang();
        await UntilLater(() => _upstream.Requests.Count == 1);

        var verdict = await Report(UpstreamFailure.ConnectFailed, 5).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);

        verdict.Circuit.Should().Be(CircuitState.Open);
    }

    [Fact]
    public async Task Probes_follow_the_manifest_without_a_restart()
    {
        await UntilProbed();
        await using var moved = ScriptedUpstream.Start(Replies.Json(200, "{}"));
        _file.Write(Json.Manifest(Entry("models", url: moved.Url)));
        await UntilLater(() => !moved.Requests.IsEmptyNow());
        _upstream.ClearRequests();

        _file.Write(Json.Manifest(Entry("off", url: moved.Url)));
        await UntilDescribed(it => it.LastProbe is null);
        moved.ClearRequests();
        await PassAsync(seconds: 60);
        moved.Requests.Should().BeEmpty();
        _upstream.Requests.Should().BeEmpty();

        _file.Write(Json.Manifest(Entry("tcp", url: moved.Url)));
        await UntilDescribed(it => it.LastProbe?.Kind == ProbeKind.Tcp);
    }

    [Fact]
    public async Task What_a_probe_met_at_an_address_that_the_entry_left_meanwhile_does_not_count()
    {
        await UntilProbed();
        await using var moved = ScriptedUpstream.Start(Replies.Hang());
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _upstream.ClearRequests();
        _upstream.Reply = Replies.When(answered.Task, Replies.Status(500));
        await UntilLater(() => _upstream.Requests.Count == 1);
        _file.Write(Json.Manifest(Entry("models", url: moved.Url)));
        await UntilDescribed(it => it.LastProbe is null);
        answered.SetResult();

        await UntilLater(() => !moved.Requests.IsEmptyNow());

        var now = await Endpoint.Describe();
        now.ConsecutiveFailures.Should().Be(0);
        now.LastProbe.Should().BeNull();
    }

    [Fact]
    public async Task A_new_key_is_used_by_the_next_probe()
    {
        await UntilProbed();
        _cluster.Probes.Key = "second-key";

        await UntilLater(() => _upstream.Requests.Any(request => request["authorization"] == "Bearer second-key"));
    }

    [Theory]
    [InlineData(OverrideMode.Drain)]
    [InlineData(OverrideMode.Maintenance)]
    public async Task An_entry_that_an_operator_took_out_is_left_alone_until_it_is_back(OverrideMode mode)
    {
        await UntilProbed();
        await _cluster.Manifest.SetOverride(new EndpointOverride { EntryId = "a", Mode = mode, SetBy = "test", SetAt = _cluster.Clock.GetUtcNow() });
        await UntilDescribed(it => it.LastProbe is null);
        _upstream.ClearRequests();
        await PassAsync(seconds: 60);
        _upstream.Requests.Should().BeEmpty();

        await _cluster.Manifest.ClearOverride("a");

        await UntilLater(() => !_upstream.Requests.IsEmptyNow());
    }

    [Fact]
    public async Task An_offline_entry_is_left_alone()
    {
        await UntilProbed();
        _file.Write(Json.Manifest(Entry("models", status: "Offline")));
        await UntilDescribed(it => it.LastProbe is null);
        _upstream.ClearRequests();

        await PassAsync(seconds: 60);

        _upstream.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task A_grain_that_lost_its_memory_probes_again()
    {
        await UntilProbed();
        await _cluster.DeactivateAsync(Endpoint);
        _upstream.ClearRequests();

        await UntilLater(() => !_upstream.Requests.IsEmptyNow());
    }

    private string Entry(string probe, string? url = null, string status = "Live") =>
        Json.Entry("a", url: url ?? _upstream.Url, status: status, more: $"\"probe\":\"{probe}\",\"auth\":\"none\"");

    private Task<EndpointDescription> UntilProbed() => UntilDescribed(it => it.LastProbe is not null);

    private Task<EndpointDescription> UntilDescribed(Func<EndpointDescription, bool> isRight) =>
        Eventually.MatchAsync(
            () =>
            {
                _cluster.Clock.Advance(TimeSpan.FromMilliseconds(500));
                return Endpoint.Describe();
            },
            isRight,
            "the endpoint is as wanted");

    private Task UntilLater(Func<bool> condition) =>
        Eventually.TrueAsync(
            () =>
            {
                _cluster.Clock.Advance(TimeSpan.FromMilliseconds(100));
                return condition();
            },
            "it came with time");

    // Each step is seen by the grain before the next one.
    private async Task PassAsync(int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            _cluster.Clock.Advance(TimeSpan.FromSeconds(1));
            await Endpoint.Describe();
            await _cluster.Manifest.Describe();
        }
    }

    private Task<EndpointVerdict> Report(UpstreamFailure failure, int count) => Endpoint.Report(new EndpointReport
    {
        NodeId = "n1",
        Session = "s",
        Sequence = 1,
        Runs = [new OutcomeRun { Failure = failure, Count = count }],
        InFlight = 0,
        KeyFingerprint = "key",
    });
}

internal static class Shorthands
{
    public static bool IsEmptyNow<T>(this IReadOnlyCollection<T> items) => items.Count == 0;
}
