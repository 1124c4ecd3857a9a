namespace Orleans.Runtime;

/// <summary>What the silos of the cluster are doing. Its key is 0.</summary>
public interface IManagementGrain : IGrainWithIntegerKey
{
    Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false);

    Task<MembershipEntry[]> GetDetailedHosts(bool onlyActive = false);

    /// <summary>Activations per class, engine's own included; the class is named as <c>Namespace.Class,Assembly</c>.</summary>
    Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics();

    /// <summary>Every activation, or those of the named classes on the named silos. Costs memory in proportion to the activations.</summary>
    Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null);

    Task<int> GetTotalActivationCount();
}
