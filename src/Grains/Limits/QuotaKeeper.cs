using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.Clock;
using Gateway.Grains.Limits.Sessions;
using Gateway.Grains.Limits.State;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Gateway.Grains.Limits;

/// <summary>
/// Runs the calls of one activation, which interleave.
/// <list type="number">
/// <item>A call's report is taken in, whatever becomes of the call.</item>
/// <item>What can be decided without a write is answered at once, also while a write is under way.</item>
/// <item>The others wait. One round at a time writes for all who wait, and then decides anew by the time of its plan: they asked before it,
/// so that what they are granted is used no later than a lease after it.</item>
/// <item>A write that fails or takes more than a second has an unknown outcome. What it claimed is not granted from, what it gave up is not
/// used; those who wait are told, and before the next write the state is read again. It may still arrive later: then the next one fails.</item>
/// <item>Before a write, the ledger is asked for what budgets begin with. Until it has told, those who wait are refused.</item>
/// <item>Another activation has written: this one grants nothing any more and ends.</item>
/// </list>
/// Time is read only while the silo's clock is known to be right.
/// </summary>
internal sealed class QuotaKeeper
{
    private static readonly TimeSpan SessionsKept = TimeSpan.FromHours(1);

    private readonly IPersistentState<QuotaState> _storage;
    private readonly SiloClock _clock;
    private readonly INodeSessions _nodeSessions;
    private readonly SpendLookup _spend;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _key;
    private readonly Action _end;
    private readonly QuotaBook _book;
    private readonly SteadyTime _now;
    private readonly DateTimeOffset _activatedAt;
    private List<Waiter> _waiting = [];
    private Task _lastWrite = Task.CompletedTask;
    private long? _writtenAt;
    private long? _sessionsCheckedAt;
    private bool _isRunning;
    private bool _isUncertain;
    private bool _isFailing;
    private bool _hasEnded;

    /// <param name="end">Another activation has taken over; this one must be replaced.</param>
    public QuotaKeeper(IPersistentState<QuotaState> storage, QuotaServices services, string key, Action end)
    {
        (_storage, _clock, _nodeSessions, _time, _logger) = (storage, services.Clock, services.Sessions, services.Time, services.Logger);
        (_key, _end) = (key, end);
        _spend = new SpendLookup(services.Spend, key, services.Time);
        _book = new QuotaBook(storage.State);
        _now = new SteadyTime(services.Time, storage.State.Time);
        _activatedAt = services.Time.GetUtcNow();
    }

    private bool MayGrant => _writtenAt is { } at && _time.GetElapsedTime(at) < QuotaRules.WriteLease;

    /// <exception cref="ArgumentException">A bound is not kept.</exception>
    public async Task<AcquireAnswer> AcquireAsync(AcquireCall call)
    {
        CallRules.Check(call);
        if (!TakeIn(call.Report, call.Limits))
        {
            return _book.Unavailable(_now.Peek());
        }

        if (_clock.IsRight == true && _book.Decide(call, Now(), MayGrant).Answer is { } answer && !MayHelpToLookForLost(call, answer))
        {
            return answer;
        }

        var waiter = new Waiter(call);
        await WaitForRoundAsync(waiter);
        return waiter.Answer ?? _book.Unavailable(_now.Peek());
    }

    /// <inheritdoc cref="AcquireAsync"/>
    public async Task<ReportAnswer> ReportAsync(SessionReport report, SubjectLimits limits)
    {
        CallRules.Check(report);
        CallRules.Check(limits);

        // The parts are in the memory of whoever took them: without them a session must not end.
        var isTaken = (report.PartsTakenBy == 0 || (_book.HasBegun && report.PartsTakenBy == _book.Epoch)) && TakeIn(report, limits);

        // An epoch is told only once it is stored, and a journal is read only once: both are for good.
        if (isTaken && (!_book.HasBegun || report.IsFinal))
        {
            var waiter = new Waiter(null);
            await WaitForRoundAsync(waiter);
            isTaken = waiter.IsWritten;
        }

        if (isTaken && _book.TryGiveUpPermits(report.Session, _now.Peek()))
        {
            // Nothing depends on when it is stored; what fails is stored with the next write.
            _ = WaitForRoundAsync(new Waiter(null));
        }

        var now = _now.Peek();
        return new ReportAnswer { Epoch = _book.Epoch, IsTaken = isTaken, Windows = _book.States(now), AnsweredAt = DateTimeOffset.FromUnixTimeMilliseconds(now) };
    }

    public QuotaDescription Describe(SubjectLimits limits)
    {
        CallRules.Check(limits);
        if (IsSessionCheckDue && SilentHolders() is { Count: > 0 } silent)
        {
            // Where nobody asks for their permits, nobody else finds out. Who looks again sees it.
            _ = LookForLostSessionsAsync(silent);
        }

        return _book.Describe(limits, _activatedAt, _now.Peek());
    }

    /// <summary>Leaves to the next activation what is held, and not what was claimed in advance.</summary>
    public async Task CloseAsync()
    {
        var mayWrite = !_hasEnded && !_isRunning && !_isUncertain && _lastWrite.IsCompleted;
        _hasEnded = true;
        if (mayWrite && _book.Close(_now.Flow()) is { } state)
        {
            try
            {
                _storage.State = state;
                await _storage.WriteStateAsync().WaitAsync(QuotaRules.StorageBound, _time);
            }
            catch (Exception problem)
            {
                _logger.ClosingFailed(_key, problem.GetType().Name);
            }
        }
    }

    // Only while the silo's clock is right.
    private long Now()
    {
        var now = _now.Follow(out var skipped);
        if (skipped > 0)
        {
            _book.Skip(skipped, now);
        }

        return now;
    }

    private bool TakeIn(SessionReport report, SubjectLimits limits)
    {
        if (!_hasEnded && _book.IsSupersededBy(report))
        {
            End();
        }

        if (_hasEnded)
        {
            return false;
        }

        _book.Follow(limits);
        _book.Take(report, _time.GetTimestamp());
        foreach (var window in _book.TakeWarnings(_now.Peek()))
        {
            _logger.BudgetWarning(_key, (long)(100m * window.Used / Math.Max(1, window.Limit)), window.WindowId, window.ResetsAt);
        }

        return true;
    }

    private Task WaitForRoundAsync(Waiter waiter)
    {
        _waiting.Add(waiter);
        if (!_isRunning)
        {
            _isRunning = true;
            _ = RunAsync();
        }

        return waiter.Ended;
    }

    private async Task RunAsync()
    {
        try
        {
            while (_waiting.Count > 0)
            {
                var round = _waiting;
                _waiting = [];
                round.ForEach(waiter => waiter.GoesOn = false);
                try
                {
                    await RunRoundAsync(round);
                }
                catch (Exception problem)
                {
                    Fail(problem);
                }

                foreach (var waiter in round.Where(waiter => !waiter.GoesOn))
                {
                    waiter.End();
                }
            }
        }
        finally
        {
            _isRunning = false;
        }
    }

    private async Task RunRoundAsync(List<Waiter> round)
    {
        if (_hasEnded)
        {
            return;
        }

        if (!(_clock.IsRight ?? await _clock.CompareAsync()))
        {
            throw new TimeoutException("The clock of this silo differs from the database's by more than half a second.");
        }

        if (IsSessionCheckDue && round.Exists(waiter => waiter.Call is { } call && _book.LacksPermits(call)) && SilentHolders() is { Count: > 0 } silent)
        {
            await LookForLostSessionsAsync(silent);
        }

        var now = Now();
        var undecided = round.Where(waiter => !waiter.TryDecide(_book, now, MayGrant)).ToList();
        if (undecided.Count == 0)
        {
            return;
        }

        var planned = await WriteAsync([.. undecided.Select(waiter => waiter.Call).OfType<AcquireCall>()]);
        if (_hasEnded)
        {
            return;
        }

        foreach (var waiter in undecided)
        {
            waiter.IsWritten = true;
            waiter.GoesOn = !waiter.TryDecide(_book, planned.State.Time, MayGrant);
        }

        // Before those who came meanwhile.
        _waiting.InsertRange(0, undecided.Where(waiter => waiter.GoesOn));
    }

    private async Task<PlannedWrite> WriteAsync(List<AcquireCall> calls)
    {
        if (!_lastWrite.IsCompleted)
        {
            throw new TimeoutException("An earlier write has not ended.");
        }

        if (_isUncertain)
        {
            await ReadAgainAsync();
        }

        await BeginBudgetsAsync();
        _book.Forget(heard => _time.GetElapsedTime(heard) > SessionsKept);
        var beganAt = _time.GetTimestamp();
        var planned = _book.Plan(calls, Now());
        _storage.State = planned.State;
        _isUncertain = true;
        _lastWrite = _storage.WriteStateAsync();
        await _lastWrite.WaitAsync(QuotaRules.StorageBound, _time);
        _isUncertain = false;
        _writtenAt = beganAt;
        _book.Apply(planned);
        if (_isFailing)
        {
            _isFailing = false;
            _logger.ClaimsAreWrittenAgain(_key);
        }

        return planned;
    }

    // Limits that name another one may come meanwhile.
    private async Task BeginBudgetsAsync()
    {
        while (_book.ToBegin(Now()) is { Count: > 0 } begins)
        {
            foreach (var spend in await _spend.ReadAsync(begins))
            {
                _book.Begin(spend);
            }
        }
    }

    // The epoch is still this one's: nobody else has written since it began. One that has not begun cannot tell, and goes by what is old.
    private async Task ReadAgainAsync()
    {
        await _storage.ReadStateAsync().WaitAsync(QuotaRules.StorageBound, _time);
        if (!_book.HasBegun || _storage.State.Epoch != _book.Epoch)
        {
            throw new InconsistentStateException("Another activation has written.");
        }

        _isUncertain = false;
    }

    private void Fail(Exception problem)
    {
        if (problem is InconsistentStateException)
        {
            End();
        }
        else if (!_isFailing)
        {
            _isFailing = true;
            if (problem is SpendUnknownException { InnerException: { } cause })
            {
                _logger.SpendNotRead(_key, cause.GetType().Name, cause.Message);
            }
            else
            {
                _logger.ClaimsCannotBeWritten(_key, problem.GetType().Name, problem.Message);
            }
        }
    }

    private void End()
    {
        _hasEnded = true;
        _logger.TakenOver(_key, _book.Epoch);
        _end();
    }

    private bool MayHelpToLookForLost(AcquireCall call, AcquireAnswer answer) =>
        answer.Refusal is { Kind: RefusalKind.Concurrency } && IsSessionCheckDue && _book.LacksPermits(call) && SilentHolders().Count > 0;

    private bool IsSessionCheckDue => _sessionsCheckedAt is not { } at || _time.GetElapsedTime(at) >= QuotaRules.SessionCheckPause;

    private IReadOnlyList<string> SilentHolders() => _book.SilentHolders(heard => _time.GetElapsedTime(heard) >= QuotaRules.SessionLost);

    private async Task LookForLostSessionsAsync(IReadOnlyList<string> silent)
    {
        _sessionsCheckedAt = _time.GetTimestamp();
        try
        {
            _book.Lose(await _nodeSessions.FindLostAsync(silent, CancellationToken.None).WaitAsync(QuotaRules.StorageBound, _time));
        }
        catch (Exception problem)
        {
            // Nothing is known of them, so that they keep their permits.
            _logger.SessionsNotRead(_key, problem.GetType().Name);
        }
    }

    /// <summary>A call that waits for a write, or a report.</summary>
    private sealed class Waiter(AcquireCall? call)
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public AcquireCall? Call => call;

        public Task Ended => _ended.Task;

        public AcquireAnswer? Answer { get; private set; }

        public bool IsWritten { get; set; }

        /// <summary>Into the next round, undecided.</summary>
        public bool GoesOn { get; set; }

        public bool TryDecide(QuotaBook book, long now, bool mayGrant)
        {
            Answer = call is null ? null : book.Decide(call, now, mayGrant).Answer;
            return call is null ? IsWritten : Answer is not null;
        }

        public void End() => _ended.TrySetResult();
    }
}
