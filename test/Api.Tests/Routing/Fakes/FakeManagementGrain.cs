using System.Net;
using Orleans.Runtime;

namespace Gateway.Api.Tests.Routing.Fakes;

public sealed class FakeManagementGrain
{
    public static readonly SiloAddress Silo = SiloAddress.New(IPAddress.Loopback, 11111, 5);

    public Dictionary<SiloAddress, SiloStatus> Hosts { get; } = new() { [Silo] = SiloStatus.Active };

    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive = false) => Task.FromResult(Hosts);

    public static Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics() => Task.FromResult<SimpleGrainStatistic[]>(
    [
        new() { GrainType = "A", SiloAddress = Silo, ActivationCount = 2 },
        new() { GrainType = "B", SiloAddress = Silo, ActivationCount = 3 },
    ]);

    public static Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types = null, SiloAddress[]? hostsIds = null) =>
        Task.FromResult<DetailedGrainStatistic[]>([new() { GrainType = "A", SiloAddress = Silo, GrainId = GrainId.Create("endpoint", "a") }]);

    public static Task<int> GetTotalActivationCount() => Task.FromResult(5);
}
