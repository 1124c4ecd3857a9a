using Gateway.Abstractions.Limits;

namespace Gateway.Grains.Tests.Limits.Support;

/// <summary>A node that asks for one window at a time and says what it did with the units.</summary>
internal sealed class BenchSession(string id, LimitBench bench)
{
    private readonly Dictionary<(long Epoch, string Window, long Period), (long Used, long Reserved)> _totals = [];
    private long _calls;
    private long _reports;
    private long _epoch;
    private int _permits;

    public string Id => id;

    public AcquireAnswer Ask(string window, long minimum = 1, long? desired = null, long waiting = 0) =>
        Send(Call([new WindowWish { WindowId = window, Minimum = minimum, Desired = desired ?? minimum, Waiting = waiting }]));

    public AcquireAnswer AskPermits(int permits) => Send(Call([]) with { MinimumPermits = permits, DesiredPermits = permits });

    /// <summary>As the queue of a node asks, with what it tells by the same call.</summary>
    /// <param name="ended">So many permits came back since the last call.</param>
    public AcquireAnswer WaitForPermit(int ended = 0)
    {
        _permits -= ended;
        return Send(Call([]) with { MinimumPermits = 1, DesiredPermits = 1, WaitsForPermit = true });
    }

    /// <summary>For a request whose permit has lapsed, and goes back with the call.</summary>
    public AcquireAnswer RenewPermit()
    {
        _permits--;
        return Send(Call([]) with { MinimumPermits = 1, DesiredPermits = 1, RenewsPermit = true });
    }

    public AcquireCall Call(WindowWish[] wishes) => new() { Session = id, CallNumber = ++_calls, Limits = bench.Limits, Wishes = [.. wishes], Report = Report(_calls - 1) };

    public AcquireAnswer Send(AcquireCall call)
    {
        var answer = bench.Silo.Acquire(call).Answered();
        Take(answer);
        return answer;
    }

    public void Take(AcquireAnswer answer)
    {
        _epoch = Math.Max(_epoch, answer.Epoch);
        _permits += answer.Permits;
        foreach (var grant in answer.Grants)
        {
            var key = (answer.Epoch, grant.WindowId, grant.Period);
            var (used, reserved) = _totals.GetValueOrDefault(key);
            _totals[key] = (used, reserved + grant.Amount);
        }
    }

    /// <summary>All that is reserved was used.</summary>
    public ReportAnswer Settle() => End((used, reserved) => used + reserved);

    /// <summary>More than a guess was used.</summary>
    public ReportAnswer Settle(int percent) => End((used, reserved) => used + (reserved * percent / 100));

    /// <summary>Nothing of it was.</summary>
    public ReportAnswer Return() => End((used, _) => used);

    public ReportAnswer Tell() => Send(Report(_calls));

    public ReportAnswer TellLast() => Send(Report(_calls) with { IsFinal = true, Epoch = 0 });

    private ReportAnswer End(Func<long, long, long> used)
    {
        foreach (var (key, total) in _totals.ToList())
        {
            _totals[key] = (used(total.Used, total.Reserved), 0);
        }

        _permits = 0;
        return Tell();
    }

    private ReportAnswer Send(SessionReport report)
    {
        var answer = bench.Silo.Report(report, bench.Limits).Answered();
        _epoch = Math.Max(_epoch, answer.Epoch);
        return answer;
    }

    private SessionReport Report(long callsDone) => new()
    {
        Session = id,
        Number = ++_reports,
        CallsDone = callsDone,
        Epoch = _epoch,
        Permits = _permits,
        Totals = [.. _totals.Select(pair => new PeriodTotal { Epoch = pair.Key.Epoch, WindowId = pair.Key.Window, Period = pair.Key.Period, Used = pair.Value.Used, Reserved = pair.Value.Reserved })],
    };
}
