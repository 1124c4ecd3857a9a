using Gateway.Runtime.Tests.Grains;

namespace Gateway.Runtime.Tests.Management;

public sealed class ManagementGrainTests
{
    [Fact]
    public async Task it_names_the_silo_and_counts_its_activations()
    {
        await using var test = await TestCluster.StartAsync();
        await test.Grains.GetGrain<ICounterGrain>("one").Add(1);
        await test.Grains.GetGrain<ICounterGrain>("two").Add(1);
        var management = test.Grains.GetGrain<IManagementGrain>(0);
        var silo = test.Cluster.Silos[0].SiloAddress;

        (await management.GetHosts(onlyActive: true)).Should().Equal(new Dictionary<SiloAddress, SiloStatus> { [silo] = SiloStatus.Active });
        (await management.GetTotalActivationCount()).Should().Be(3, "the management grain is one of them");
        (await management.GetSimpleGrainStatistics()).Should().ContainEquivalentOf(new SimpleGrainStatistic
        {
            GrainType = "Gateway.Runtime.Tests.Grains.CounterGrain,Gateway.Runtime.Tests",
            SiloAddress = silo,
            ActivationCount = 2,
        });
    }

    [Fact]
    public async Task details_can_be_narrowed_to_classes_and_silos()
    {
        await using var test = await TestCluster.StartAsync();
        await test.Grains.GetGrain<ICounterGrain>("one").Add(1);
        var management = test.Grains.GetGrain<IManagementGrain>(0);
        string[] counters = ["Gateway.Runtime.Tests.Grains.CounterGrain,Gateway.Runtime.Tests"];

        (await management.GetDetailedGrainStatistics()).Should().HaveCount(2);
        (await management.GetDetailedGrainStatistics(counters)).Should().ContainSingle().Which.GrainId.Should().Be(GrainId.Create("counter", "one"));
        (await management.GetDetailedGrainStatistics(counters, [SiloAddress.FromParsableString("10.0.0.1:1@1")])).Should().BeEmpty();
    }
}
