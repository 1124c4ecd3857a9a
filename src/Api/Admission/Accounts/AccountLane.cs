using Gateway.Abstractions.Limits;
using Gateway.Api.Admission.Stocks;

namespace Gateway.Api.Admission.Accounts;

/// <summary>One provider account with limits, and who waits for its capacity. Lives as long as the process, whatever the manifest says.</summary>
internal sealed class AccountLane
{
    private readonly StockDirectory _stocks;
    private TaskCompletionSource _freed = NewSignal();
    private SubjectLimits _limits;
    private QuotaStock _stock;

    public AccountLane(string key, SubjectLimits limits, StockDirectory stocks)
    {
        Key = key;
        _stocks = stocks;
        _limits = limits;
        _stock = Find();
    }

    /// <summary>The limit group.</summary>
    public string Key { get; }

    public SubjectLimits Limits
    {
        get => Volatile.Read(ref _limits);
        set => Volatile.Write(ref _limits, value);
    }

    /// <summary>Guarded by the queue.</summary>
    public TurnQueue Waiting { get; } = new();

    /// <summary>Guarded by the queue.</summary>
    public bool IsDispatching { get; set; }

    /// <summary>Nobody can grant a permit, as far as the loop knows. Guarded by the queue.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Timestamp of the first of the loop's attempts that ended so, without another end since; null: the last one did not. Guarded by the queue.</summary>
    public long? UnavailableSince { get; set; }

    /// <summary>Somebody waits: who comes now must not overtake.</summary>
    public bool HasWaiting { get; set; }

    /// <summary>Completes when a permit comes back on this node; a new one for each look.</summary>
    public Task Freed => Volatile.Read(ref _freed).Task;

    public ValueTask<StockOutcome> TakeAsync(in AdmissionEstimate estimate, StockParts parts, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_stock.IsRetired)
            {
                _stock = Find();
            }

            var taking = _stock.TakeAsync(Limits, estimate, parts, cancellationToken);
            if (taking is not { IsCompletedSuccessfully: true, Result.Result: StockResult.Retired })
            {
                return taking;
            }
        }
    }

    private QuotaStock Find()
    {
        var stock = _stocks.Account(Key);
        stock.PermitReturned += OnPermitReturned;
        return stock;
    }

    private void OnPermitReturned()
    {
        if (HasWaiting)
        {
            Interlocked.Exchange(ref _freed, NewSignal()).TrySetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
