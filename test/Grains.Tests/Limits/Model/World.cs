using Gateway.Abstractions.Limits;
using Gateway.Grains.Tests.Limits.Support;

namespace Gateway.Grains.Tests.Limits.Model;

/// <summary>Sessions, two silos that may both have an activation, one store, and a network that loses, repeats and delays.</summary>
internal sealed class World
{
    /// <summary>A soft window, of which a request may use three times what was reserved for it.</summary>
    public const string Soft = "tokens/day";

    private const int Concurrency = 3;

    private readonly Dictionary<string, Need> _needs;
    private readonly SoftJudge _judge = new(Soft);
    private readonly FakeTimeProvider _truth;
    private readonly SimulatedStore _store = new();
    private readonly SimulatedSilo[] _silos;
    private readonly List<SimulatedSession> _sessions = [];
    private readonly HashSet<string> _unread = [];
    private readonly List<Message> _messages = [];
    private readonly List<Running> _running = [];
    private readonly bool _isShared;
    private readonly bool _isLarge;
    private readonly bool _settlesAll;

    public World(bool isShared, WorldKind kind)
    {
        _isShared = isShared;
        _isLarge = kind == WorldKind.Large;
        _settlesAll = kind != WorldKind.Small;
        _truth = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 23, kind == WorldKind.Midnight ? 59 : 50, 52, TimeSpan.Zero));
        _needs = new(StringComparer.Ordinal) { ["rpm"] = _isLarge ? 50 : 1, ["rpd"] = 1, ["usd/day"] = 40, ["tokens/1h"] = 30, ["usd/rolls"] = 40, [Soft] = new(1, 30) };
        Limits = _isLarge ? LimitsFor(700, 10, null) : LimitsFor(7, 1, Concurrency);
        if (kind == WorldKind.Midnight)
        {
            Limits = Limits with { Windows = [.. Limits.Windows.Select(window => window.RollsOver ? window with { Limit = 80 } : window)] };
        }

        Upstream = new UpstreamLog(_truth);
        _silos = [.. Enumerable.Range(0, 2).Select(_ => new SimulatedSilo(_truth, _store, IsLost) { IsCompared = isShared, Judge = _judge })];
        for (var i = 0; i < 3; i++)
        {
            AddSession();
        }
    }

    public SubjectLimits Limits { get; }

    public UpstreamLog Upstream { get; }

    public int MostInFlight { get; private set; }

    public int Activations => _silos.Sum(silo => silo.Activations);

    /// <summary>In <see cref="Settle"/>: nodes that were not heard, because nothing that is stored waits for them.</summary>
    public int Silent { get; private set; }

    public bool AllJournalsRead => _unread.Count == 0;

    public IReadOnlyList<string> SoftProblems => _judge.Problems;

    /// <summary>Of the soft window: what was used in each period, and what may have been.</summary>
    public IEnumerable<(long Used, long Bound)> SoftUse
    {
        get
        {
            var settled = _sessions.SelectMany(session => session.Settled(Soft)).ToList();
            return Upstream.Periods(Soft).Select(period => (period.Units, LimitOf(Soft) + _judge.Allowance(period.Period, settled)));
        }
    }

    public long LimitOf(string window) => Limits.Windows.Single(limit => limit.Id == window).Limit;

    public void Do(Step step)
    {
        var alive = _sessions.Where(session => session.IsAlive).ToList();
        var session = alive[step.Who % alive.Count];
        switch (step.Kind)
        {
            case StepKind.Work:
                Send(session.Ask(Limits, Wishes(1), 1));
                Deliver(_messages.Count - 1, OwnerFor(step), keep: false);
                Answer(_running.Count - 1);
                Begin(session);
                break;
            case StepKind.Ask:
                Send(session.Ask(Limits, Wishes(1), 1));
                break;
            case StepKind.AskMuch:
                Send(session.Ask(Limits, Wishes(1 + (step.What % 9)), step.What % 2));
                break;
            case StepKind.Begin:
                Begin(session);
                break;
            case StepKind.Settle when session.InFlight > 0:
                session.Settle(step.What % session.InFlight, window => window == Soft ? step.What * 7 % 301 : _settlesAll ? 100 : step.What * 7 % 101);
                break;
            case StepKind.Report:
                _messages.Add(new Message(session, null, session.Report(), _truth.GetUtcNow()));
                break;
            case StepKind.Deliver when _messages.Count > 0:
                Deliver(step.What % _messages.Count, OwnerFor(step), keep: false);
                break;
            case StepKind.DeliverTwice when _messages.Count > 0:
                Deliver(step.What % _messages.Count, OwnerFor(step), keep: true);
                break;
            case StepKind.DeliverNewest when _messages.Count > 0:
                Deliver(_messages.Count - 1, _silos[0], keep: false);
                break;
            case StepKind.Drop when _messages.Count > 0:
                _messages.RemoveAt(step.What % _messages.Count);
                break;
            case StepKind.Answer:
                Answer(step.What);
                break;
            case StepKind.DropAnswer when _running.Count > 0:
                _running.RemoveAt(step.What % _running.Count);
                break;
            case StepKind.Repeat when session.OpenCalls.Any():
                Send(session.Repeat(session.OpenCalls.ElementAt(step.What % session.OpenCalls.Count())));
                break;
            case StepKind.GiveUp when session.OpenCalls.Any():
                session.GiveUp(session.OpenCalls.ElementAt(step.What % session.OpenCalls.Count()));
                break;
            case StepKind.Pass:
                Pass(TimeSpan.FromMilliseconds(50 + (step.What * 61 % 1_400)));
                break;
            case StepKind.PassLong:
                Pass(TimeSpan.FromSeconds(5 + (step.What % 60)));
                break;
            case StepKind.Fault:
                _store.NextFault = (WriteFault)(step.What % 5);
                break;
            case StepKind.GoOn:
                _store.LetGoOn();
                break;
            case StepKind.Outage:
                _store.IsDown = step.What % 3 == 0;
                break;
            case StepKind.Crash:
                _silos[step.Who % 2].Crash();
                break;
            case StepKind.Close:
                _silos[step.Who % 2].Close();
                break;
            case StepKind.Die when alive.Count > 1 || step.What % 4 == 0:
                Die(session);
                break;
            case StepKind.ReadJournal when _unread.Count > 0:
                ReadJournal(_sessions.First(each => _unread.Contains(each.Id)));
                break;
            case StepKind.SetClock:
                SetClock(step);
                break;
        }

        Drain();
    }

    /// <summary>Everything works again, and every node that the stored state names says what it holds.</summary>
    public QuotaDescription Settle()
    {
        _store.IsDown = false;
        _store.NextFault = WriteFault.None;
        _store.LetGoOn();
        Drain();
        _messages.Clear();
        _running.Clear();
        _silos[1].Crash();
        _silos[0].Time.Off = TimeSpan.Zero;
        var named = _store.Stored.Epochs.SelectMany(epoch => epoch.Sessions).Concat(_store.Stored.Permits.Select(permit => permit.Session)).ToHashSet(StringComparer.Ordinal);
        var speaking = _sessions.Where(session => session.IsAlive && named.Contains(session.Id)).ToList();
        Silent = _sessions.Count(session => session.IsAlive && !named.Contains(session.Id) && session.Used.Any());
        if (Silent > 0 || _silos[0].Describe(Limits)!.Epoch != _store.Stored.Epoch)
        {
            // What the silent used must be stored. And nobody asks an activation any more that was superseded.
            _silos[0].Crash();
        }

        foreach (var session in _sessions.Where(session => session.IsAlive))
        {
            session.OpenCalls.ToList().ForEach(session.GiveUp);
            while (session.InFlight > 0)
            {
                session.Settle(0, _ => 50);
            }
        }

        Pass(TimeSpan.FromSeconds(12));
        for (var round = 0; round < 4; round++)
        {
            foreach (var dead in _sessions.Where(session => _unread.Contains(session.Id)).ToList())
            {
                ReadJournal(dead);
            }

            foreach (var session in speaking)
            {
                var report = session.Report();
                session.OnAnswer(report, _silos[0].Report(report, Limits).Answered());
            }

            Pass(TimeSpan.FromSeconds(1));
        }

        return _silos[0].Describe(Limits)!;
    }

    /// <summary>After <see cref="Settle"/>: of one window in the period that counts now.</summary>
    public long ReallyUsed(string window, long period) => _sessions.SelectMany(session => session.Used).Where(used => used.Window == window && used.Period == period).Sum(used => used.Used);

    /// <summary>After <see cref="Settle"/>: everything is free once more.</summary>
    public AcquireAnswer AskForAll()
    {
        Pass(TimeSpan.FromHours(26));
        var session = AddSession();
        var call = session.Ask(Limits, Limits.Windows.Select(window => new WindowWish { WindowId = window.Id, Minimum = window.Limit, Desired = window.Limit }), Concurrency);
        var answer = _silos[0].Acquire(call).Answered();

        // An activation that was superseded finds out by its first write.
        return answer.Refusal is { Kind: RefusalKind.Unavailable } ? _silos[0].Acquire(session.Repeat(call.CallNumber)).Answered() : answer;
    }

    private static SubjectLimits LimitsFor(long perMinute, long others, int? concurrency) => new()
    {
        Version = 1,
        Concurrency = concurrency,
        Windows =
        [
            new WindowLimit { Id = "rpm", Unit = LimitUnit.Requests, Window = WindowKind.Minute, Limit = perMinute },
            new WindowLimit { Id = "rpd", Unit = LimitUnit.Requests, Window = WindowKind.Day, Limit = 120 * others },
            new WindowLimit { Id = "usd/day", Unit = LimitUnit.NanoUsd, Window = WindowKind.Day, Limit = 900 * others, IsHard = true, IsBudget = true },
            new WindowLimit { Id = "usd/rolls", Unit = LimitUnit.NanoUsd, Window = WindowKind.Day, Limit = 900 * others, IsHard = true, IsBudget = true, RollsOver = true },
            new WindowLimit { Id = "tokens/1h", Unit = LimitUnit.TotalTokens, Window = WindowKind.RollingHours, RollingHours = 1, Limit = 600 * others, IsHard = true },
            new WindowLimit { Id = Soft, Unit = LimitUnit.TotalTokens, Window = WindowKind.Day, Limit = 200 * others },
        ],
    };

    private IEnumerable<WindowWish> Wishes(int times) => _needs.Select(need => new WindowWish { WindowId = need.Key, Minimum = need.Value.Least, Desired = need.Value.Most * times, Waiting = need.Value.Most * (times / 2) });

    private SimulatedSession AddSession()
    {
        var session = new SimulatedSession($"session-{_sessions.Count}", _truth, Upstream);
        _sessions.Add(session);
        return session;
    }

    private bool IsLost(string id) => _sessions.Find(session => session.Id == id)?.DiedAt is { } at && _truth.GetUtcNow() - at >= TimeSpan.FromSeconds(10);

    private void Begin(SimulatedSession session)
    {
        if (session.TryBegin(_needs, 1))
        {
            MostInFlight = Math.Max(MostInFlight, _sessions.Sum(each => each.InFlight));
        }
    }

    private void Die(SimulatedSession session)
    {
        session.Die();
        _unread.Add(session.Id);
        AddSession();
    }

    // A shared store's clock is compared with. An embedded one has one machine and one clock, which may be set back.
    private void SetClock(Step step)
    {
        if (_isShared)
        {
            _silos[step.Who % 2].Time.Off = TimeSpan.FromMilliseconds((step.What * 97 % 1_400) - 700);
            return;
        }

        foreach (var silo in _silos)
        {
            silo.Time.Off -= TimeSpan.FromSeconds(step.What % 40);
        }
    }

    private void ReadJournal(SimulatedSession dead)
    {
        // Its lock was waited for: nothing of the node is on its way any more.
        _messages.RemoveAll(message => message.From == dead);
        if (_silos[0].Report(dead.FinalReport(), Limits) is { } answer)
        {
            Drain();
            if (answer.IsCompletedSuccessfully && answer.Answered().IsTaken)
            {
                _unread.Remove(dead.Id);
            }
        }
    }

    private void Send(AcquireCall call) => _messages.Add(new Message(_sessions.First(session => session.Id == call.Session), call, null, _truth.GetUtcNow()));

    // Mostly one; only now and then does a node believe in the other.
    private SimulatedSilo OwnerFor(Step step) => _silos[step.Who % 5 == 4 && (!_isLarge || step.What % 5 == 0) ? 1 : 0];

    private void Deliver(int index, SimulatedSilo owner, bool keep)
    {
        var message = _messages[index];
        if (!keep)
        {
            _messages.RemoveAt(index);
        }

        var answer = message.Call is { } call ? (Task?)owner.Acquire(call) : owner.Report(message.Report!, Limits);
        if (answer is not null)
        {
            _running.Add(new Running(message, answer));
        }
    }

    private void Answer(int which)
    {
        Drain();
        var done = _running.Where(running => running.Answer.IsCompletedSuccessfully).ToList();
        if (done.Count == 0)
        {
            return;
        }

        var running = done[Math.Max(0, which) % done.Count];
        _running.Remove(running);
        var (session, sent) = (running.Message.From, running.Message.SentAt);
        if (!session.IsAlive)
        {
            return;
        }

        if (running.Answer is Task<AcquireAnswer> acquired)
        {
            session.OnAnswer(running.Message.Call!, acquired.Answered(), sent);
        }
        else
        {
            session.OnAnswer(running.Message.Report!, ((Task<ReportAnswer>)running.Answer).Answered());
        }
    }

    private void Pass(TimeSpan time)
    {
        _truth.Advance(time);
        Drain();
    }

    private void Drain()
    {
        foreach (var silo in _silos)
        {
            silo.Drain();
        }
    }

    private sealed record Message(SimulatedSession From, AcquireCall? Call, SessionReport? Report, DateTimeOffset SentAt);

    private sealed record Running(Message Message, Task Answer);
}
