namespace Gateway.Runtime.Tests.Grains;

[GenerateSerializer]
[Immutable]
[Alias("test.ledger")]
public sealed record LedgerState
{
    [Id(0)]
    public int Schema { get; init; } = 1;

    [Id(1)]
    public int Total { get; init; }
}

public interface ILedgerGrain : IGrainWithStringKey
{
    Task<int> Add(int amount);

    Task<int> Total();

    Task<string?> Etag();

    Task Clear();

    Task Reload();
}

public sealed class LedgerGrain(
    [PersistentState("ledger", "store")] IPersistentState<LedgerState> ledger,
    [PersistentState("audit")] IPersistentState<LedgerState> audit,
    IGrainContext context) : Grain, ILedgerGrain
{
    private int _totalAtActivation;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        context.Should().BeSameAs(GrainContext);
        _totalAtActivation = ledger.State.Total;
        return Task.CompletedTask;
    }

    public async Task<int> Add(int amount)
    {
        ledger.State = ledger.State with { Total = ledger.State.Total + amount };
        await ledger.WriteStateAsync();
        audit.State = audit.State with { Total = audit.State.Total + 1 };
        await audit.WriteStateAsync(CancellationToken.None);
        return ledger.State.Total;
    }

    public Task<int> Total() => Task.FromResult(_totalAtActivation);

    public Task<string?> Etag() => Task.FromResult(ledger.RecordExists ? ledger.Etag : null);

    public Task Clear() => ledger.ClearStateAsync();

    public Task Reload() => ledger.ReadStateAsync();
}
