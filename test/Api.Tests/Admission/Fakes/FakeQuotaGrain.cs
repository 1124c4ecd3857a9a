using System.Collections.Immutable;
using Gateway.Abstractions.Limits;

namespace Gateway.Api.Tests.Admission.Fakes;

/// <summary>
/// The arithmetic of a quota grain without claims and storage: windows by slots, sessions by totals, epochs, repeats. It throws when it is
/// told something impossible.
/// </summary>
public sealed class FakeQuotaGrain(TimeProvider time)
{
    private const int Lease = 2000;
    private const int SmallLimit = 100;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = [];
    private readonly Dictionary<(string Window, long Period), long> _lost = [];
    private SubjectLimits? _limits;
    private long _epoch = 1;

    /// <summary>How the next calls go; <see cref="CallFate.Works"/> when there is none.</summary>
    public Queue<CallFate> Fates { get; } = new();

    /// <summary>Set: every call goes like this.</summary>
    public CallFate? Always { get; set; }

    /// <summary>As a silo of a version that does not say what time it is there.</summary>
    public bool TellsNoTime { get; set; }

    /// <summary>Descriptions are not answered.</summary>
    public bool IsLost { get; set; }

    public int Acquires { get; private set; }

    public int Reports { get; private set; }

    public List<SessionReport> ReportsTaken { get; } = [];

    /// <summary>After each.</summary>
    public Action? OnReport { get; set; }

    public List<AcquireCall> Calls { get; } = [];

    public SubjectLimits? Limits => _limits;

    /// <summary>The most that was ever held of a window at once, beside what was settled above its reservation.</summary>
    public Dictionary<string, long> Granted { get; } = [];

    public Task<AcquireAnswer> Acquire(AcquireCall call) => RunAsync(() => Decide(call), AcquireUnavailable);

    public Task<ReportAnswer> Report(SessionReport report, SubjectLimits limits) => RunAsync(
        () =>
        {
            Reports++;
            if (report.Totals.Length > SessionReport.MaxTotals)
            {
                throw new ArgumentException("A report has at most so many totals.");
            }

            Follow(limits);
            if (report.PartsTakenBy != 0 && report.PartsTakenBy != _epoch)
            {
                return new ReportAnswer { Epoch = _epoch, IsTaken = false };
            }

            ReportsTaken.Add(report);
            TakeIn(report);
            var answer = new ReportAnswer { Epoch = _epoch, IsTaken = true, Windows = States(), AnsweredAt = AnsweredAt };
            OnReport?.Invoke();
            return answer;
        },
        () => new ReportAnswer { Epoch = _epoch, IsTaken = false });

    public Task<QuotaDescription> Describe(SubjectLimits limits)
    {
        if (IsLost)
        {
            throw new TimeoutException("nobody is there");
        }

        lock (_gate)
        {
            Follow(limits);
            return Task.FromResult(new QuotaDescription
            {
                Windows = States(),
                Concurrency = limits.Concurrency,
                PermitsOut = Permits,
                Sessions = [.. _sessions.Select(pair => new SessionHolding { Session = pair.Key, Permits = pair.Value.Permits, Reserved = [] })],
                Epoch = _epoch,
                ActivatedAt = DateTimeOffset.UnixEpoch,
            });
        }
    }

    /// <summary>Another activation: it counts what the one before granted, and the permits that were claimed, until its sessions have told what they hold.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _epoch++;
            foreach (var session in _sessions.Values)
            {
                foreach (var grant in session.Calls.Values.SelectMany(answer => answer.Grants))
                {
                    _lost[(grant.WindowId, grant.Period)] = _lost.GetValueOrDefault((grant.WindowId, grant.Period)) + grant.Amount;
                }

                session.Permits = session.Claimed;
                session.Calls.Clear();
                session.HasTold = false;
            }
        }
    }

    public long Used(string window)
    {
        lock (_gate)
        {
            return _sessions.Values.SelectMany(session => session.Totals.Values).Where(total => total.WindowId == window).Sum(total => total.Used);
        }
    }

    public long Reserved(string window)
    {
        lock (_gate)
        {
            return _sessions.Values.Sum(session =>
                session.Totals.Values.Where(total => total.WindowId == window).Sum(total => total.Reserved)
                + session.Calls.Values.SelectMany(answer => answer.Grants).Where(grant => grant.WindowId == window).Sum(grant => grant.Amount));
        }
    }

    public int PermitsOut
    {
        get
        {
            lock (_gate)
            {
                return Permits;
            }
        }
    }

    private DateTimeOffset? AnsweredAt => TellsNoTime ? null : time.GetUtcNow();

    private int Permits => _sessions.Values.Sum(session => session.Held);

    private AcquireAnswer AcquireUnavailable() => new() { Epoch = _epoch, Refusal = new LimitRefusal { Kind = RefusalKind.Unavailable } };

    private async Task<T> RunAsync<T>(Func<T> run, Func<T> unavailable)
    {
        CallFate fate;
        lock (_gate)
        {
            fate = Always ?? (Fates.TryDequeue(out var next) ? next : CallFate.Works);
        }

        switch (fate)
        {
            case CallFate.NeverArrives:
                throw new TimeoutException("nobody is there");
            case CallFate.Unavailable:
                return unavailable();
            case CallFate.Hangs:
                await Task.Delay(Timeout.InfiniteTimeSpan, time);
                throw new InvalidOperationException();
        }

        T answer;
        lock (_gate)
        {
            answer = run();
            if (fate == CallFate.ArrivesTwice)
            {
                answer = run();
            }
        }

        if (fate == CallFate.IsSlow)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), time);
        }

        return fate == CallFate.LosesAnswer ? throw new TimeoutException("the answer is lost") : answer;
    }

    private AcquireAnswer Decide(AcquireCall call)
    {
        Acquires++;
        Calls.Add(call);
        Follow(call.Limits);
        var session = TakeIn(call.Report);
        if (call.CallNumber <= session.CallsDone)
        {
            return Refuse(RefusalKind.Stale, null, null);
        }

        if (session.Calls.TryGetValue(call.CallNumber, out var known))
        {
            return known;
        }

        foreach (var wish in call.Wishes)
        {
            if (wish.Minimum < 1 || wish.Desired < wish.Minimum)
            {
                throw new InvalidOperationException("A wish is for 1 or more.");
            }

            if (RefusalOf(wish) is { } refusal)
            {
                return refusal;
            }
        }

        if (call.MinimumPermits > 0 && _limits!.Concurrency is { } most && Permits + call.MinimumPermits > most)
        {
            return Refuse(RefusalKind.Concurrency, null, null);
        }

        return Grant(session, call);
    }

    private AcquireAnswer? RefusalOf(WindowWish wish)
    {
        var window = _limits!.Windows.Single(limit => limit.Id == wish.WindowId);
        if (wish.Minimum > window.Limit)
        {
            return Refuse(RefusalKind.NeverFits, window.Id, null);
        }

        var (used, reserved) = CountOf(window);
        return used + reserved + wish.Minimum <= window.Limit ? null
            : used + wish.Minimum > window.Limit ? Refuse(RefusalKind.Exhausted, window.Id, ResetOf(window), Math.Max(0, window.Limit - used))
            : Refuse(RefusalKind.Reserved, window.Id, time.GetUtcNow().AddSeconds(1));
    }

    private AcquireAnswer Grant(Session session, AcquireCall call)
    {
        var grants = call.Wishes.Select(wish =>
        {
            var window = _limits!.Windows.Single(limit => limit.Id == wish.WindowId);
            var (used, reserved) = CountOf(window);
            var free = window.Limit - used - reserved;
            var amount = window.Limit <= SmallLimit && window.Unit == LimitUnit.Requests ? Math.Max(wish.Minimum, Math.Min(wish.Waiting, free))
                : window.IsHard && window.Unit != LimitUnit.Requests ? HardShare(wish, free)
                : Math.Min(wish.Desired, free);
            return new WindowGrant { WindowId = window.Id, Amount = amount, Period = PeriodOf(window) };
        }).ToImmutableArray();
        var permits = call.MinimumPermits == 0 ? 0
            : _limits!.Concurrency is { } most && most > SmallLimit ? Math.Min(call.DesiredPermits, most - Permits)
            : call.MinimumPermits;
        var answer = new AcquireAnswer { Epoch = _epoch, Grants = grants, Permits = permits, LeaseMilliseconds = Lease };
        session.Calls[call.CallNumber] = answer;
        Claim(session);
        foreach (var grant in grants)
        {
            Granted[grant.WindowId] = Granted.GetValueOrDefault(grant.WindowId) + grant.Amount;
        }

        answer = answer with { Windows = States(), AnsweredAt = AnsweredAt };
        session.Calls[call.CallNumber] = answer;
        return answer;
    }

    private static long HardShare(WindowWish wish, long free)
    {
        var waiting = Math.Min(wish.Waiting == 0 ? wish.Desired : wish.Waiting, free);
        return waiting + Math.Min(Math.Max(0, wish.Desired - waiting), (free - waiting) / 4);
    }

    // As high as the session ever was, as long as nobody else needs it.
    private void Claim(Session session)
    {
        session.Claimed = Math.Max(session.Claimed, session.Held);
        foreach (var other in _sessions.Values.Where(other => other != session && _sessions.Values.Sum(one => one.Claimed) > _limits!.Concurrency))
        {
            other.Claimed = other.Held;
        }
    }

    private AcquireAnswer Refuse(RefusalKind kind, string? window, DateTimeOffset? retryAt, long left = 0) =>
        new() { Epoch = _epoch, Refusal = new LimitRefusal { Kind = kind, WindowId = window, RetryAt = retryAt, Left = left }, Windows = States(), AnsweredAt = AnsweredAt };

    private Session TakeIn(SessionReport report)
    {
        if (report.Epoch > _epoch)
        {
            throw new InvalidOperationException("There was no such epoch yet: an activation that hears of one takes itself for replaced.");
        }

        if (!_sessions.TryGetValue(report.Session, out var session))
        {
            _sessions[report.Session] = session = new Session();
        }

        if (report.IsPart)
        {
            foreach (var total in report.Totals)
            {
                session.Totals[(total.Epoch, total.WindowId, total.Period)] = total;
            }

            return session;
        }

        if (report.Number <= session.LastReport)
        {
            return session;
        }

        if (report.Totals.Any(total => total.Epoch > report.Epoch))
        {
            throw new InvalidOperationException("A session holds nothing of an epoch that it does not know.");
        }

        session.LastReport = report.Number;
        session.CallsDone = Math.Max(session.CallsDone, report.CallsDone);
        foreach (var done in session.Calls.Keys.Where(number => number <= session.CallsDone).ToList())
        {
            session.Calls.Remove(done);
        }

        foreach (var total in report.Totals)
        {
            if (total.Used < 0 || total.Reserved < 0)
            {
                throw new InvalidOperationException("A total is not negative.");
            }

            session.Totals[(total.Epoch, total.WindowId, total.Period)] = total;
        }

        session.HasTold = report.Epoch == _epoch;
        session.Permits = session.HasTold ? report.Permits : session.Permits;
        session.Claimed = session.Held == 0 ? 0 : session.Claimed;
        if (_sessions.Values.All(one => one.HasTold))
        {
            _lost.Clear();
        }

        return session;
    }

    private void Follow(SubjectLimits limits) => _limits = _limits is null || limits.Version > _limits.Version ? limits : _limits;

    private (long Used, long Reserved) CountOf(WindowLimit window)
    {
        var open = _sessions.Values.SelectMany(session => session.Calls.Values).SelectMany(answer => answer.Grants)
            .Where(grant => grant.WindowId == window.Id && Counts(window, grant.Period)).Sum(grant => grant.Amount);
        var totals = _sessions.Values.SelectMany(session => session.Totals.Values).Where(total => total.WindowId == window.Id && Counts(window, total.Period)).ToList();
        var lost = _lost.Where(pair => pair.Key.Window == window.Id && Counts(window, pair.Key.Period)).Sum(pair => pair.Value);
        return (totals.Sum(total => total.Used) + lost, totals.Sum(total => total.Reserved) + open);
    }

    private ImmutableArray<WindowState> States() => [.. _limits!.Windows.Where(window => window.Window != WindowKind.Second).Select(window =>
    {
        var (used, reserved) = CountOf(window);
        return new WindowState { WindowId = window.Id, Limit = window.Limit, Used = used, Reserved = reserved, ResetsAt = ResetOf(window) };
    })];

    private bool Counts(WindowLimit window, long period) => window.Window switch
    {
        WindowKind.Second => period == PeriodOf(window),
        WindowKind.Minute => time.GetUtcNow().ToUnixTimeMilliseconds() - period < 63_000,
        _ => period == PeriodOf(window),
    };

    private long PeriodOf(WindowLimit window)
    {
        var now = time.GetUtcNow();
        return window.Window switch
        {
            WindowKind.Second or WindowKind.Minute => now.ToUnixTimeSeconds() * 1000,
            WindowKind.Month => new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(),
            _ => new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).ToUnixTimeMilliseconds(),
        };
    }

    private DateTimeOffset ResetOf(WindowLimit window)
    {
        var begin = DateTimeOffset.FromUnixTimeMilliseconds(PeriodOf(window));
        return window.Window switch
        {
            WindowKind.Second => begin.AddSeconds(1),
            WindowKind.Minute => begin.AddSeconds(63),
            WindowKind.Month => begin.AddMonths(1),
            _ => begin.AddDays(1),
        };
    }

    private sealed class Session
    {
        public long LastReport { get; set; }

        public long CallsDone { get; set; }

        public int Permits { get; set; }

        public int Claimed { get; set; }

        public int Held => Permits + Calls.Values.Sum(answer => answer.Permits);

        public bool HasTold { get; set; } = true;

        public Dictionary<(long Epoch, string WindowId, long Period), PeriodTotal> Totals { get; } = [];

        public Dictionary<long, AcquireAnswer> Calls { get; } = [];
    }
}

public enum CallFate
{
    Works,
    NeverArrives,
    LosesAnswer,
    ArrivesTwice,
    IsSlow,

    /// <summary>No answer until the caller gives up.</summary>
    Hangs,

    /// <summary>The store of claims cannot be written.</summary>
    Unavailable,
}
