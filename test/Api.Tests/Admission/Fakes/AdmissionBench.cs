using System.Collections.Frozen;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Accounts;
using Gateway.Api.Admission.Rows;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Admission.Stocks;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Cluster;
using Gateway.Api.Routing;
using Gateway.Api.Tests.Authentication;
using Gateway.Api.Tests.Routing.Fakes;
using Gateway.Silo.Settings;
using Gateway.Silo.Settings.Limits;
using Gateway.Storage.Limits;
using Gateway.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Tests.Admission.Fakes;

/// <summary>Admission of one node over fake grains and rows; the test is the clock and the ticks.</summary>
internal sealed class AdmissionBench : IAsyncDisposable
{
    private readonly RoutingBench _routing;
    private readonly ILoggerFactory _logging;
    private readonly WorkCounter _work;

    /// <param name="beside">Another node: shares its clock, rows and grains.</param>
    /// <param name="clockAhead">So far this node's time of day is ahead of the database's and the grains'.</param>
    public AdmissionBench(AdmissionBench? beside = null, Action<LimitsOptions>? configure = null, TimeSpan clockAhead = default, params ManifestEntry[] entries)
    {
        _work = beside?._work ?? new WorkCounter();
        _routing = beside?._routing ?? new RoutingBench(entries.Length == 0 ? [Entries.Live("a")] : entries);
        Store = beside?.Store ?? new FakeLimitStore(Time);
        configure?.Invoke(Settings);
        var options = Options.Create(Settings);
        var names = new SubjectNames("local");
        _logging = LoggerFactory.Create(logging => logging.AddProvider(Logs));
        Session = new NodeSession(Time);
        var clock = new ClockAhead(Time, clockAhead);
        Session.Renewed(Time.GetTimestamp());
        Snapshot = new LimitsSnapshot(Store, names, options, _logging.CreateLogger<LimitsSnapshot>());
        Refresher = new LimitsRefresher(Snapshot, Store, Options.Create(new IdentityOptions()), Time, _logging.CreateLogger<LimitsRefresher>());
        Stocks = new StockDirectory(_routing.Cluster.Grains, Session, Calls, clock);
        Accounts = new AccountDirectory(_routing.State, Stocks);
        Queue = new PermitQueue(options, Time);
        Resolver = new SubjectResolver(Snapshot, Stocks, names, clock);
        Controller = new AdmissionController(Resolver, Accounts, new EntryPermits(Accounts, Queue, options, Time), options, clock);
    }

    public FakeTimeProvider Time => _routing.Time;

    public LimitsOptions Settings { get; } = new();

    public FakeLimitStore Store { get; }

    public LogCollector Logs { get; } = new();

    public NodeSession Session { get; }

    public GrainCallCounts Calls { get; } = new();

    public LimitsSnapshot Snapshot { get; }

    public LimitsRefresher Refresher { get; }

    public StockDirectory Stocks { get; }

    public AccountDirectory Accounts { get; }

    public PermitQueue Queue { get; }

    public SubjectResolver Resolver { get; }

    public AdmissionController Controller { get; }

    public ModelRoute Route => _routing.Route();

    public RoutingBench Routing => _routing;

    public FakeQuotaGrain Subject(string key) => _routing.Cluster.Quota("subject/" + key);

    public FakeQuotaGrain Account(string key) => _routing.Cluster.Quota("account/" + key);

    public static Caller Alice(params string[] groups) => new()
    {
        User = "user:local/alice",
        Key = "key:k1",
        Groups = groups.ToFrozenSet(StringComparer.Ordinal),
        Id = "alice",
        Username = "alice",
        Name = "laptop",
        AuthService = "gateway",
    };

    /// <summary>Sets limits and has them in force.</summary>
    public async Task<AdmissionBench> WithAsync(string subject, string? body)
    {
        Store.Set(subject, body);
        await RefreshAsync();
        return this;
    }

    public async Task RefreshAsync()
    {
        if (!Refresher.Loaded.IsCompleted)
        {
            await Refresher.StartAsync(TestContext.Current.CancellationToken);
            await Refresher.Loaded.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        await Snapshot.RefreshAsync(0, TestContext.Current.CancellationToken);
    }

    public CallerLimits Resolve(Caller? caller = null, string? project = null)
    {
        var limits = Controller.Resolve(caller ?? Alice(), project, out var error);
        error.Should().BeNull();
        return limits!;
    }

    public AdmissionRequest Request(Caller? caller = null, AdmissionEstimate? estimate = null, string? subject = null) => new()
    {
        Limits = Resolve(caller),
        Subject = subject ?? "user:local/alice",
        Estimate = estimate ?? new AdmissionEstimate { InputTokens = 10, InputTokensGuess = 5, OutputTokens = 100, OutputTokensGuess = 20 },
        Route = Route.Whole,
        Entries = new Chooser(this),
    };

    public Task<AdmissionOutcome> AdmitAsync(Caller? caller = null, AdmissionEstimate? estimate = null, CancellationToken cancellationToken = default) =>
        AdmitAsync(Request(caller, estimate), cancellationToken);

    public Task<AdmissionOutcome> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken = default) =>
        Run(() => Controller.AdmitAsync(request, cancellationToken).AsTask());

    /// <summary>Let in, or the test ends.</summary>
    public async Task<AdmittedRequest> AdmittedAsync(Caller? caller = null, AdmissionEstimate? estimate = null)
    {
        var outcome = await AdmitAsync(caller, estimate);
        outcome.Error.Should().BeNull();
        return outcome.Admission!;
    }

    /// <summary>Let in, begun and settled as it was guessed.</summary>
    public Task<bool> TryServeAsync(ActualUse? actual = null) => Run(() => ServeAsync(actual));

    /// <summary>Begins something that the clock must not outrun.</summary>
    public T Run<T>(Func<T> work) => _work.Run(work);

    /// <summary>Moves the clock in steps, with the ticks that belong to them, until the task ends.</summary>
    public async Task<T> RunAsync<T>(Task<T> task)
    {
        await _work.DoneAsync();
        for (var step = 0; !task.IsCompleted && step < 20_000; step++)
        {
            await PassAsync(StockRules.Tick);
        }

        return await task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    /// <summary>Lets a time pass, tick by tick; what is done at each is done when the next one comes.</summary>
    public async Task PassAsync(TimeSpan duration)
    {
        for (var passed = TimeSpan.Zero; passed < duration; passed += StockRules.Tick)
        {
            _work.Run(() =>
            {
                Time.Advance(StockRules.Tick);
                Tick();
            });
            await _work.DoneAsync();
        }
    }

    /// <summary>What a node does by itself now and then.</summary>
    public void Tick() => _work.Run(() =>
    {
        Session.Renewed(Time.GetTimestamp());
        Stocks.Tick();
    });

    public async ValueTask DisposeAsync()
    {
        await Refresher.StopAsync(CancellationToken.None);
        Refresher.Dispose();
        Stocks.Dispose();
        Snapshot.Dispose();
        _logging.Dispose();
    }

    private async Task<bool> ServeAsync(ActualUse? actual)
    {
        using var admitted = (await AdmitAsync()).Admission;
        if (admitted is null)
        {
            return false;
        }

        using var attempt = (await admitted.TryTakeAttemptAsync(Route.Candidates[0], default)).Attempt!;
        admitted.Settle(actual ?? new ActualUse(1, 5, 20, 0));
        return true;
    }

    private sealed class ClockAhead(TimeProvider time, TimeSpan ahead) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + ahead;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class Chooser(AdmissionBench bench) : IEntryChooser
    {
        public async ValueTask<RouteChoice> ChooseAsync(IReadOnlyList<RouteCandidate> excluded, CancellationToken cancellationToken) =>
            await bench._routing.ChooseAsync(tried: [.. excluded]);
    }
}
