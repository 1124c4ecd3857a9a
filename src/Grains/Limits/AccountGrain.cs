using Gateway.Abstractions.Limits;
using Gateway.Grains.Limits.State;

namespace Gateway.Grains.Limits;

/// <summary>What one provider account has left; all of it is in <see cref="QuotaKeeper"/>.</summary>
[GrainType("account")]
internal sealed class AccountGrain([PersistentState("quota", "gateway")] IPersistentState<QuotaState> state, QuotaServices services) : Grain, IAccountGrain
{
    private QuotaKeeper _keeper = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _keeper = new QuotaKeeper(state, services, this.GetPrimaryKeyString(), DeactivateOnIdle);
        return Task.CompletedTask;
    }

    public Task<AcquireAnswer> Acquire(AcquireCall call) => _keeper.AcquireAsync(call);

    public Task<ReportAnswer> Report(SessionReport report, SubjectLimits limits) => _keeper.ReportAsync(report, limits);

    public Task<QuotaDescription> Describe(SubjectLimits limits) => Task.FromResult(_keeper.Describe(limits));

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _keeper.CloseAsync();
}
