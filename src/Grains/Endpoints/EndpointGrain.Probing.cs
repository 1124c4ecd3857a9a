using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Endpoints.Probes;
using Gateway.Grains.Manifests;

namespace Gateway.Grains.Endpoints;

/// <summary>
/// Probes the entry while the manifest says so: the timer's tick waits outside of turns, at one probe at a time, and what it met is
/// applied in a short turn, unless the entry changed meanwhile.
/// </summary>
internal sealed partial class EndpointGrain
{
    private readonly ProbeDuty _duty = new();
    private IGrainTimer? _probing;

    public Task SetProbe(ProbeOrder order)
    {
        _duty.Take(order, time.GetUtcNow());
        ScheduleProbe();
        return Task.CompletedTask;
    }

    private void StartProbing() =>
        _probing = this.RegisterGrainTimer(
            ProbeAsync, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true, KeepAlive = true });

    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        FollowOrder(began);
        if (_duty.EntryAt(began) is not { } entry || !(_duty.NextAt(began, _health.NextActiveProbe(began)) <= began)
            || !_health.TryBeginActiveProbe(began, out var permit))
        {
            ScheduleProbe();
            return;
        }

        Update();
        var timestamp = time.GetTimestamp();
        var answer = await prober.ProbeAsync(entry, cancellationToken);
        var now = time.GetUtcNow();
        answer = _duty.Holds(entry, now) ? answer : ProbeAnswer.None;
        Note(entry, answer, began, time.GetElapsedTime(timestamp), now);
        _health.RecordActiveProbe(now, entry.Probe, answer, permit);
        Update();
        ScheduleProbe();
    }

    private void Note(ManifestEntry entry, ProbeAnswer answer, DateTimeOffset began, TimeSpan duration, DateTimeOffset now)
    {
        if (!_duty.Holds(entry, now))
        {
            return;
        }

        if (answer == ProbeAnswer.None)
        {
            _duty.Skip(now);
            return;
        }

        if (answer.Word == ProbeWord.Failed && _duty.Last is null or { Failure: UpstreamFailure.None })
        {
            logger.ProbeFailed(EntryId, answer.Failure.ToString());
        }

        var result = new ProbeResult { Kind = entry.Probe, At = began, Failure = answer.Failure, Status = answer.Status, Duration = duration };
        _duty.Note(result, answer.Word == ProbeWord.Alive, now);
    }

    private void FollowOrder(DateTimeOffset now) => _health.ActiveProbe = _duty.EntryAt(now)?.Probe ?? ProbeKind.Off;

    private void ScheduleProbe()
    {
        var now = time.GetUtcNow();
        FollowOrder(now);
        var next = _duty.NextAt(now, _health.NextActiveProbe(now));
        _probing?.Change(next is { } at ? at > now ? at - now : TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
