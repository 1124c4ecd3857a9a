using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Manifests;
using Microsoft.Extensions.Logging;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// Merges what all nodes saw at one entry into one verdict, and publishes it whenever it changes. Nothing is stored: an activation that lost
/// its memory starts as healthy and learns again within five failed attempts, each of which the caller does not see because it fails over;
/// a stored verdict could keep a healthy endpoint out after a restart. It ends when nobody has called it for <see cref="ForgottenAfter"/>:
/// the manifest grain asks each entry that is listed every few seconds, so this one is not listed any more.
/// </summary>
[KeepAlive, GrainType("endpoint")]
internal sealed partial class EndpointGrain(TimeProvider time, EndpointProber prober, ILocalSiloDetails silo, ILogger<EndpointGrain> logger) : Grain, IEndpointGrain
{
    private const int MaxRuns = 1_000;

    // The activation before may have numbered its verdicts by the clock of another silo; this one's first word must count as newer.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(2);

    // Longer than the longest opening: a cluster that finds together again meets the verdicts that it had.
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan RetryPublishing = TimeSpan.FromSeconds(1);

    private readonly EndpointHealth _health = new();
    private readonly ReportLedger _ledger = new();
    private readonly OutcomeTally _tally = new();
    private EndpointVerdict _verdict = null!;
    private DateTimeOffset _activatedAt;
    private long _calledAt;
    private IGrainTimer? _timer;
    private long _publishedVersion;
    private bool _isPublishing;

    private string EntryId => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _activatedAt = time.GetUtcNow();
        NoteCall();
        _verdict = _health.Verdict(EntryId, _activatedAt, Versions.Next(0, _activatedAt + ClockDifference));
        _timer = this.RegisterGrainTimer(OnTimerAsync, new GrainTimerCreationOptions(TimeSpan.Zero, RetryPublishing) { Interleave = true, KeepAlive = true });
        this.RegisterGrainTimer(EndIfForgotten, new GrainTimerCreationOptions(LookPeriod, LookPeriod) { Interleave = true });
        StartProbing();
        return Task.CompletedTask;
    }

    public Task<EndpointVerdict> Report(EndpointReport report)
    {
        NoteCall();
        if (report.Runs.IsDefault || report.Runs.Length > MaxRuns || report.Runs.Any(run => run.Count < 1))
        {
            throw new ArgumentException($"A report has at most {MaxRuns} runs of at least one outcome.", nameof(report));
        }

        var now = time.GetUtcNow();
        if (_ledger.TryTake(report, now))
        {
            foreach (var run in report.Runs)
            {
                _tally.Add(run);
            }

            _health.Record(now, report.Runs, report.KeyFingerprint, report.ProbeId);
            Update();
        }

        return Task.FromResult(_verdict);
    }

    public Task<ProbePermit?> TryBeginProbe(string nodeId, string requestId)
    {
        NoteCall();
        var permit = _health.TryBeginProbe(time.GetUtcNow());
        Update(republish: permit is null && _health.IsTrusted);
        return Task.FromResult(permit);
    }

    public Task<EndpointVerdict> Reset()
    {
        NoteCall();
        _health.Reset();
        Update();
        return Task.FromResult(_verdict);
    }

    public Task<EndpointVerdict> EndEjection()
    {
        NoteCall();
        _health.EndEjection();
        Update();
        return Task.FromResult(_verdict);
    }

    public Task<EndpointDescription> Describe()
    {
        NoteCall();

        // The roll call asks now and then: what a clock that was set back ended is told then at the latest.
        Update();
        var now = time.GetUtcNow();
        return Task.FromResult(new EndpointDescription
        {
            Verdict = _verdict,
            Requests = _tally.Requests,
            Failures = _tally.Failures,
            ConsecutiveFailures = _health.ConsecutiveFailures,
            InFlight = _ledger.InFlight(now),
            FirstByteEwma = _ledger.SlowestFirstByte(now),
            FailuresByCause = _tally.FailuresByCause,
            ActivatedAt = _activatedAt,
            Silo = silo.SiloAddress.ToString(),
            LastProbe = _duty.Last,
        });
    }

    /// <param name="republish">A node works from a verdict that does not hold any more: say it again, as news.</param>
    private void Update(bool republish = false)
    {
        var now = time.GetUtcNow();
        var current = _health.Verdict(EntryId, now, _verdict.Version);
        if (current == _verdict && !republish)
        {
            return;
        }

        Log(_verdict, current);
        _verdict = current with { Version = Versions.Next(_verdict.Version, now) };
        _ = PublishAsync();
        ScheduleProbe();
    }

    private void NoteCall() => _calledAt = time.GetTimestamp();

    private Task EndIfForgotten(CancellationToken cancellationToken)
    {
        if (time.GetElapsedTime(_calledAt) >= ForgottenAfter)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    private async Task OnTimerAsync(CancellationToken cancellationToken)
    {
        Update();
        await PublishAsync();
    }

    // One call at a time; whatever changed meanwhile goes with the next, so that the last word always arrives.
    private async Task PublishAsync()
    {
        if (_isPublishing)
        {
            return;
        }

        _isPublishing = true;
        try
        {
            while (_publishedVersion < _verdict.Version)
            {
                var verdict = _verdict;
                await GrainFactory.GetGrain<IManifestGrain>(IManifestGrain.Key).PublishVerdict(verdict);
                _publishedVersion = verdict.Version;
            }
        }
        catch (Exception problem)
        {
            logger.PublishingFailed(EntryId, problem.GetType().Name);
        }
        finally
        {
            _isPublishing = false;
            ScheduleTimer();
        }
    }

    // The timer runs only while something is due: a publication to repeat, or a cooling that ends.
    private void ScheduleTimer()
    {
        var now = time.GetUtcNow();
        var due = _publishedVersion < _verdict.Version ? RetryPublishing
            : _verdict.CoolingUntil is { } until ? until > now ? until - now : TimeSpan.Zero
            : Timeout.InfiniteTimeSpan;
        _timer?.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void Log(EndpointVerdict before, EndpointVerdict after)
    {
        if (after.Circuit == CircuitState.Open && before.Circuit != CircuitState.Open)
        {
            logger.CircuitOpened(EntryId, "open", after.LastFailure.ToString(), after.OpenUntil);
        }
        else if (after.Circuit == CircuitState.Closed && before.Circuit != CircuitState.Closed)
        {
            logger.CircuitClosed(EntryId);
        }

        if (after.Ejected && !before.Ejected)
        {
            logger.KeyEjected(EntryId);
        }

        if (after.CoolingUntil is { } until && before.CoolingUntil is null)
        {
            logger.Cooling(EntryId, after.CoolingCause.ToString(), until);
        }
    }
}
