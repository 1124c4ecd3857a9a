using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits;
using Gateway.Grains.Limits.Budgets;
using Gateway.Grains.Limits.Clock;
using Gateway.Grains.Limits.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Grains.Tests.Limits.Model;

/// <summary>One silo with at most one activation of the grain.</summary>
internal sealed class SimulatedSilo : IStoreClock, INodeSessions, ISpendLedger
{
    private readonly SimulatedStore _store;
    private readonly QuotaServices _services;
    private readonly SimulatedTurns _turns = new();
    private readonly Func<string, bool> _isLost;
    private QuotaKeeper? _keeper;
    private SoftJudge.Witness? _witness;

    public SimulatedSilo(FakeTimeProvider truth, SimulatedStore store, Func<string, bool> isLost, ILogger<QuotaKeeper>? logger = null)
    {
        (_store, _isLost) = (store, isLost);
        Time = new SimulatedTime(truth);
        _services = new QuotaServices(new SiloClock(this, Time), this, this, Time, logger ?? NullLogger<QuotaKeeper>.Instance);
    }

    public SimulatedTime Time { get; }

    /// <summary>False: the store has no clock of its own, as in embedded mode.</summary>
    public bool IsCompared { get; init; } = true;

    public SoftJudge? Judge { get; init; }

    public int Activations { get; private set; }

    /// <summary>Null: the store could not be read.</summary>
    public Task<AcquireAnswer>? Acquire(AcquireCall call)
    {
        if (Activate() is not { } keeper)
        {
            return null;
        }

        var witness = _witness;
        witness?.Hear(call.Report);
        return _turns.Run(async () =>
        {
            var answer = await keeper.AcquireAsync(call);
            witness?.See(call, answer);
            return answer;
        });
    }

    public Task<ReportAnswer>? Report(SessionReport report, SubjectLimits limits)
    {
        if (Activate() is not { } keeper)
        {
            return null;
        }

        _witness?.Hear(report);
        return _turns.Run(() => keeper.ReportAsync(report, limits));
    }

    public QuotaDescription? Describe(SubjectLimits limits) => Activate()?.Describe(limits);

    /// <summary>Without a word.</summary>
    public void Crash() => _keeper = null;

    public void Close()
    {
        if (_keeper is { } keeper)
        {
            _keeper = null;
            _ = _turns.Run(async () =>
            {
                await keeper.CloseAsync();
                return true;
            });
        }
    }

    public void Drain() => _turns.Drain();

    public Task<bool> IsOursRightAsync(CancellationToken cancellationToken) =>
        _store.IsDown ? Task.FromException<bool>(new IOException("down")) : Task.FromResult(!IsCompared || Time.Off.Duration() <= TimeSpan.FromMilliseconds(500));

    public Task<IReadOnlyCollection<string>> FindLostAsync(IReadOnlyCollection<string> sessions, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyCollection<string>>([.. sessions.Where(_isLost)]);

    public Task<IReadOnlyList<SpentPart>> ReadAsync(SpendQuestion question, CancellationToken cancellationToken) => _store.ReadSpendAsync(question);

    private QuotaKeeper? Activate()
    {
        if (_keeper is null && !_store.IsDown)
        {
            QuotaKeeper? made = null;
            made = new QuotaKeeper(_store.Open(), _services, "subject", () => _keeper = _keeper == made ? null : _keeper);
            _keeper = made;
            _witness = Judge?.Activate();
            Activations++;
        }

        return _keeper;
    }
}
