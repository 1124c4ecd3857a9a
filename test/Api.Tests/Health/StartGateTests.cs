using Gateway.Abstractions.Manifests;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Cluster;
using Gateway.Api.Health;
using Gateway.Api.Routing.Feed;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Testing;

namespace Gateway.Api.Tests.Health;

public sealed class StartGateTests : IAsyncDisposable
{
    private readonly RoutingBench _bench = new();
    private readonly Rows _rows;
    private readonly NodeSession _session;
    private readonly long _began;
    private readonly StartGate _gate;

    public StartGateTests()
    {
        _rows = new Rows(_bench.Time);
        _began = _bench.Time.GetTimestamp();
        _session = new NodeSession(_bench.Time);
        _gate = NewGate();
    }

    private RoutingState Routing => _bench.State;

    [Fact]
    public async Task While_the_node_starts_a_request_waits_as_long_as_that_may_take()
    {
        var waiting = WaitAsync();
        await PassAsync(TimeSpan.FromSeconds(20));
        waiting.IsCompleted.Should().BeFalse("a crowded machine may need this long for the first calls");

        _bench.Feed(Entries.Live("a"));
        _session.Renewed(_bench.Time.GetTimestamp());
        await _rows.LoadAsync();

        await EndAsync(waiting);
        var next = WaitAsync();
        next.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task The_manifest_alone_or_the_rows_alone_open_nothing(bool hasManifest, bool hasRows)
    {
        if (hasManifest)
        {
            _bench.Feed(Entries.Live("a"));
        }

        if (hasRows)
        {
            await _rows.LoadAsync();
        }

        var waiting = WaitAsync();
        await PassAsync(TimeSpan.FromSeconds(29));

        waiting.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task The_session_of_the_node_is_waited_for_and_only_for_a_moment_where_the_database_cannot_be_written()
    {
        _bench.Feed(Entries.Live("a"));
        await _rows.LoadAsync();
        var waiting = NewGate().WaitAsync(TestContext.Current.CancellationToken).AsTask();
        _bench.Time.Advance(StartGate.SessionPatience - TimeSpan.FromMilliseconds(1));
        waiting.IsCompleted.Should().BeFalse("limited callers would be refused");

        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));

        await EndAsync(waiting);
    }

    [Fact]
    public async Task Who_waits_for_the_session_goes_on_when_it_is_written()
    {
        _bench.Feed(Entries.Live("a"));
        await _rows.LoadAsync();
        var waiting = WaitAsync();
        waiting.IsCompleted.Should().BeFalse();

        _session.Renewed(_bench.Time.GetTimestamp());

        await EndAsync(waiting);
    }

    [Fact]
    public async Task Nobody_waits_for_ever_and_a_node_that_has_run_for_a_while_lets_nobody_wait_for_long()
    {
        var first = WaitAsync();
        await PassUntilAsync(first);
        _bench.Time.GetElapsedTime(_began).Should().BeGreaterThanOrEqualTo(StartGate.StartTime);

        var second = WaitAsync();
        _bench.Time.Advance(StartGate.Patience);

        await EndAsync(second);
    }

    [Fact]
    public async Task A_cluster_that_has_no_manifest_itself_is_not_waited_for()
    {
        Routing.Apply(new ManifestFeed { Version = 0 });

        var waiting = WaitAsync();
        _bench.Time.Advance(StartGate.Patience);

        await EndAsync(waiting);
    }

    [Fact]
    public async Task Who_hangs_up_waits_no_longer()
    {
        using var aborted = new CancellationTokenSource();
        var waiting = _gate.WaitAsync(aborted.Token).AsTask();

        await aborted.CancelAsync();

        await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<OperationCanceledException>();
    }

    public async ValueTask DisposeAsync()
    {
        await _rows.StopAsync(CancellationToken.None);
        _rows.Dispose();
    }

    private StartGate NewGate() => new(_bench.State, [_rows], _session, _bench.Time);

    private Task WaitAsync() => _gate.WaitAsync(TestContext.Current.CancellationToken).AsTask();

    private static Task EndAsync(Task waiting) => waiting.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, TestContext.Current.CancellationToken);

    /// <summary>The gate looks again once a second; what it does then has run before the clock goes on.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private Task PassUntilAsync(Task waiting) =>
        Eventually.TrueAsync(
            () =>
            {
                _bench.Time.Advance(TimeSpan.FromSeconds(1));
                return waiting.IsCompleted;
            },
            "it waits no longer");

    private sealed class Rows(TimeProvider time) : RowsRefresher(time)
    {
        public async Task LoadAsync()
        {
            await StartAsync(CancellationToken.None);
            await Loaded;
        }

        protected override Task RefreshAsync(long version, CancellationToken cancellationToken) => Task.CompletedTask;

        protected override void LogUnavailable(string reason)
        {
        }

        protected override void LogRecovered()
        {
        }
    }
}
