using Gateway.Runtime.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Runtime.Tests.TestingHost;

public sealed class InProcessTestClusterTests
{
    [Fact]
    public async Task the_client_reaches_the_new_silo_after_a_restart()
    {
        await using var test = await TestCluster.StartAsync();
        var counter = test.Grains.GetGrain<ICounterGrain>("one");
        await counter.Add(5);

        var restarted = await test.Cluster.RestartSiloAsync(test.Cluster.Silos[0]);

        (await counter.Get()).Should().Be(0);
        test.Cluster.GetActiveSilos().Should().Equal(restarted);
    }

    [Fact]
    public async Task killing_a_silo_tells_its_callers_and_says_no_goodbye_to_grains()
    {
        await using var test = await TestCluster.StartAsync();
        var (gate, goodbyes) = (new Gate(), 0);
        test.Scripts.OnDeactivate = (_, _, _) => Task.FromResult(goodbyes++);
        test.Scripts.Set("hold", (_, _) => gate.Pass());
        var call = test.Scripted().Run("hold");
        await gate.WaitForArrivals();

        await test.Cluster.KillSiloAsync(test.Cluster.Silos[0]);

        await call.Awaiting(task => task.Within()).Should().ThrowAsync<SiloUnavailableException>();
        await test.Scripted().Awaiting(grain => grain.Run("hold")).Should().ThrowAsync<SiloUnavailableException>();
        goodbyes.Should().Be(0);
        gate.Open();
    }

    [Fact]
    public async Task a_grain_can_be_deactivated_and_waited_for()
    {
        await using var test = await TestCluster.StartAsync();
        var counter = test.Grains.GetGrain<ICounterGrain>("one");
        await test.Cluster.DeactivateAsync(counter).Within();
        await counter.Add(1);
        var gone = test.Cluster.WaitForDeactivationAsync(counter);

        await test.Cluster.DeactivateAsync(counter).Within();

        await gone.Within();
        test.IsActive(counter).Should().BeFalse();
    }

    [Fact]
    public async Task hosts_and_client_get_their_own_services()
    {
        var builder = new InProcessTestClusterBuilder();
        builder.ConfigureHost(host => host.Services.AddSingleton("everywhere"))
            .ConfigureClient(client => client.Services.AddSingleton(new Version(1, 0)))
            .ConfigureSilo((options, silo) => silo.Services.AddSingleton(new Uri("silo:" + options.SiloName)));
        await using var cluster = builder.Build();
        cluster.Invoking(one => one.Client).Should().Throw<InvalidOperationException>();

        await cluster.DeployAsync(TestContext.Current.CancellationToken);

        cluster.Client.ServiceProvider.GetService<string>().Should().Be("everywhere");
        cluster.Client.ServiceProvider.GetService<Version>().Should().Be(new Version(1, 0));
        cluster.Client.ServiceProvider.GetService<Uri>().Should().BeNull();
        cluster.GetSiloServiceProvider().GetRequiredService<Uri>().Should().Be(new Uri("silo:Silo_0"));
        (await cluster.Client.GetGrain<ICounterGrain>("one").Add(1)).Should().Be(1);
    }

    [Fact]
    public void a_cluster_has_at_least_one_silo() =>
        FluentActions.Invoking(() => new InProcessTestClusterBuilder(0)).Should().Throw<ArgumentOutOfRangeException>();
}
