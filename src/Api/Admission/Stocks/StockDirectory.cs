using System.Collections.Concurrent;
using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Sessions;
using Gateway.Api.Cluster;

namespace Gateway.Api.Admission.Stocks;

/// <summary>The stocks of this node, and the ticks of those that hold something.</summary>
internal sealed class StockDirectory(IGrainFactory grains, NodeSession session, GrainCallCounts calls, TimeProvider time) : BackgroundService
{
    private const string AccountPrefix = "account:";
    private const int MaxCallsAtOnce = 256;
    private static readonly TimeSpan RetiringPeriod = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, QuotaStock> _subjects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QuotaStock> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<QuotaStock, bool> _awake = new();
    private int _callsUnderWay;
    private long _retiredAt = time.GetTimestamp();

    public QuotaStock Subject(string key) => Get(_subjects, key, () => Make(key, key, new SubjectOwner(grains, key)));

    public QuotaStock Account(string key) => Get(_accounts, key, () => Make(key, AccountPrefix + key, new AccountOwner(grains, key)));

    /// <summary>Null: this node has not asked for it lately.</summary>
    public QuotaStock? FindSubject(string key) => _subjects.GetValueOrDefault(key);

    /// <summary>Reports what is due everywhere.</summary>
    public void Tick()
    {
        foreach (var (stock, _) in _awake)
        {
            if (stock.IsTickDue)
            {
                _ = TickAsync(stock);
            }
        }

        if (time.GetElapsedTime(_retiredAt) >= RetiringPeriod)
        {
            _retiredAt = time.GetTimestamp();
            Retire(_subjects);
            Retire(_accounts);
        }
    }

    /// <summary>Everything is given back that no request holds; of what is in flight the journal will tell.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.WhenAll(_awake.Keys.Select(stock => stock.TickAsync(mayCall: true, isLast: true)));
        await Task.WhenAll(_subjects.Values.Concat(_accounts.Values).Select(stock => stock.LeaveAsync()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(StockRules.Tick, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Tick();
        }
    }

    private static QuotaStock Get(ConcurrentDictionary<string, QuotaStock> stocks, string key, Func<QuotaStock> make)
    {
        while (true)
        {
            var stock = stocks.TryGetValue(key, out var known) ? known : stocks.GetOrAdd(key, _ => make());
            if (!stock.IsRetired)
            {
                return stock;
            }

            stocks.TryRemove(new KeyValuePair<string, QuotaStock>(key, stock));
        }
    }

    private static void Retire(ConcurrentDictionary<string, QuotaStock> stocks)
    {
        foreach (var pair in stocks.Where(pair => pair.Value.TryRetire()))
        {
            stocks.TryRemove(pair);
        }
    }

    private QuotaStock Make(string key, string chargeName, IQuotaOwner owner) =>
        new(key, chargeName, owner, session, calls, time, stock => _awake[stock] = true);

    private async Task TickAsync(QuotaStock stock)
    {
        // First out of the list, so that a wake that comes meanwhile is not lost.
        var mayCall = Interlocked.Increment(ref _callsUnderWay) <= MaxCallsAtOnce;
        try
        {
            _awake.TryRemove(stock, out _);
            if (await stock.TickAsync(mayCall))
            {
                _awake[stock] = true;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _callsUnderWay);
        }
    }
}
