namespace Orleans.Runtime.Management;

/// <summary>
/// Answers for the whole cluster: asks every active silo, and leaves out one that goes meanwhile. One that does not answer at once fails the
/// call, since nobody else is answered until then, and a list without it would say that it has no grains.
/// </summary>
[GrainType("management")]
internal sealed class ManagementGrain(ActivationDirectory directory, ILocalSiloDetails local, TimeProvider clock, ClusterViews? views = null) : Grain, IManagementGrain
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    private IReadOnlyList<ViewMember> Members => views?.Current.Members is { } members ? members
        : [new(local.SiloAddress, directory.Admission == Admission.Open ? SiloStatus.Active : SiloStatus.ShuttingDown, local.Name, IsOwner: true)];

    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive) =>
        Task.FromResult(Select(onlyActive).ToDictionary(member => member.Address, member => member.Status));

    public Task<MembershipEntry[]> GetDetailedHosts(bool onlyActive) => Task.FromResult(Select(onlyActive)
        .Select(member => new MembershipEntry
        {
            SiloAddress = member.Address,
            Status = member.Status,
            SiloName = member.Name,
            StartTime = member.Started.UtcDateTime,
            IAmAliveTime = clock.GetUtcNow().UtcDateTime - member.Silence,
        })
        .ToArray());

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => AskAsync(null, silo => silo.Count());

    public Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types, SiloAddress[]? hostsIds) => AskAsync(hostsIds, silo => silo.List(types));

    public async Task<int> GetTotalActivationCount() => (await GetSimpleGrainStatistics()).Sum(statistic => statistic.ActivationCount);

    private IEnumerable<ViewMember> Select(bool onlyActive) => Members.Where(member => !onlyActive || member.Status == SiloStatus.Active);

    private async Task<T[]> AskAsync<T>(SiloAddress[]? hosts, Func<ISiloControlGrain, Task<T[]>> ask)
    {
        var asked = Members.Where(member => member.IsOwner && (hosts is null || hosts.Contains(member.Address)))
            .Select(member => TryAsync(() => ask(GrainFactory.GetGrain<ISiloControlGrain>(member.Address.ToParsableString()))));
        return [.. (await Task.WhenAll(asked)).SelectMany(answer => answer)];
    }

    private async Task<T[]> TryAsync<T>(Func<Task<T[]>> ask)
    {
        try
        {
            return await ask().WaitAsync(Patience, clock);
        }
        catch (OrleansMessageRejectionException)
        {
            return [];
        }
    }
}
