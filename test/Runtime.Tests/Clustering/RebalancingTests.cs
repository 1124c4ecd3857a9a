using Gateway.Runtime.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Activations;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class RebalancingTests
{
    private const int Grains = 100_000;

    [Fact]
    public async Task a_silo_that_joins_three_with_many_activations_takes_a_quarter_and_touches_no_other()
    {
        await using var test = await TestCluster.StartAsync(silos: 3);
        await Parallel.ForEachAsync(Enumerable.Range(0, Grains), async (number, _) => await test.Grains.GetGrain<ICounterGrain>($"key{number}").Add(1));
        var before = Activations(test);
        before.Should().HaveCount(Grains);

        var joined = await test.Cluster.StartAdditionalSiloAsync();

        // What it takes is ended where it was, and is made anew when it is called.
        await Eventually.Holds(() => Activations(test).Count <= Grains * 0.78, "the grains of the new silo are given up");
        var after = Activations(test);
        after.Count.Should().BeInRange((int)(Grains * 0.72), (int)(Grains * 0.78));
        after.Should().OnlyContain(left => ReferenceEquals(left.Value, before[left.Key]), "no other grain was touched");
        var moved = before.Keys.Except(after.Keys).Take(100).ToList();
        foreach (var grain in moved)
        {
            (await test.Grains.GetGrain<ICounterGrain>(grain).Add(1)).Should().Be(1, "it lives anew");
            joined.ServiceProvider.GetRequiredService<ActivationDirectory>().TryGet(grain, out _).Should().BeTrue();
        }
    }

    [Fact]
    public async Task a_call_that_comes_to_a_silo_which_does_not_own_its_grain_goes_to_the_owner_and_leaves_no_activation_behind()
    {
        await using var test = await TestCluster.StartAsync(silos: 2);
        var counter = test.Grains.GetGrain<ICounterGrain>("key");
        (await counter.Add(1)).Should().Be(1);
        var owner = test.OwnerOf(counter);
        var other = test.Cluster.Silos.First(silo => silo != owner);
        var directory = other.ServiceProvider.GetRequiredService<ActivationDirectory>();

        // As one that found the old owner just before the view changed: nobody would ever end what it makes there if it is kept alive.
        (await TestCluster.CallHere<ICounterGrain>(other, "key").Add(1)).Should().Be(2);

        await Eventually.Holds(() => !directory.TryGet(counter.GetGrainId(), out _), "it has left");
        (await counter.Add(1)).Should().Be(3);
    }

    [Fact]
    public async Task the_management_grain_counts_over_all_silos_and_names_each()
    {
        await using var test = await TestCluster.StartAsync(silos: 3);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(number => test.Grains.GetGrain<ICounterGrain>($"key{number}").Add(1)));
        var management = test.Grains.GetGrain<IManagementGrain>(0);
        string[] counters = ["Gateway.Runtime.Tests.Grains.CounterGrain,Gateway.Runtime.Tests"];

        (await management.GetDetailedGrainStatistics(counters)).Should().HaveCount(60).And.Subject.Select(grain => grain.SiloAddress).Distinct().Should().HaveCount(3);
        var one = test.Cluster.Silos[0];
        (await management.GetDetailedGrainStatistics(counters, [one.SiloAddress])).Should().OnlyContain(grain => grain.SiloAddress.Equals(one.SiloAddress)).And.NotBeEmpty();
        (await management.GetDetailedHosts()).Select(host => (host.SiloAddress, host.SiloName, host.Status))
            .Should().BeEquivalentTo(test.Cluster.Silos.Select(silo => (silo.SiloAddress, silo.Name, SiloStatus.Active)));

        await test.Cluster.KillSiloAsync(one);

        (await management.GetHosts(onlyActive: true)).Should().HaveCount(2);
        (await management.GetHosts()).Should().Contain(one.SiloAddress, SiloStatus.Dead);
    }

    private static Dictionary<GrainId, Activation> Activations(TestCluster test) => test.Cluster.GetActiveSilos()
        .SelectMany(silo => silo.ServiceProvider.GetRequiredService<ActivationDirectory>().Activations)
        .Where(activation => activation.GrainId.Type.ToString() == "counter").ToDictionary(activation => activation.GrainId);
}
