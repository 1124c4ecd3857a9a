using Orleans.Runtime.Activations;

namespace Orleans.Runtime.Management;

/// <summary>Answers for the one silo of this process.</summary>
[GrainType("management")]
internal sealed class ManagementGrain(ActivationDirectory directory, ILocalSiloDetails silo) : Grain, IManagementGrain
{
    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive)
    {
        var status = directory.Admission == Admission.Open ? SiloStatus.Active : SiloStatus.ShuttingDown;
        return Task.FromResult(onlyActive && status != SiloStatus.Active ? [] : new Dictionary<SiloAddress, SiloStatus> { [silo.SiloAddress] = status });
    }

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => Task.FromResult(directory.Activations
        .GroupBy(NameOf)
        .Select(group => new SimpleGrainStatistic { GrainType = group.Key, SiloAddress = silo.SiloAddress, ActivationCount = group.Count() })
        .ToArray());

    public Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types, SiloAddress[]? hostsIds) =>
        Task.FromResult(hostsIds is not null && !hostsIds.Contains(silo.SiloAddress) ? [] : directory.Activations
            .Where(activation => types is null || types.Contains(NameOf(activation)))
            .Select(activation => new DetailedGrainStatistic { GrainType = NameOf(activation), SiloAddress = silo.SiloAddress, GrainId = activation.GrainId })
            .ToArray());

    public Task<int> GetTotalActivationCount() => Task.FromResult(directory.Activations.Count);

    private static string NameOf(Activation activation) =>
        $"{activation.GrainClass.Type.FullName},{activation.GrainClass.Type.Assembly.GetName().Name}";
}
