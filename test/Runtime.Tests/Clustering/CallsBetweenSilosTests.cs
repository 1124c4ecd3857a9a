using Gateway.Runtime.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class CallsBetweenSilosTests
{
    [Fact]
    public async Task every_process_reaches_the_one_activation_of_each_grain()
    {
        await using var cluster = await RedisCluster.StartAsync(3);
        var client = await cluster.AddClientAsync();
        await cluster.SettleAsync(3);
        var silo = await cluster.AddSiloAsync();
        await cluster.SettleAsync(4);

        foreach (var key in Enumerable.Range(0, 40).Select(number => $"key{number}"))
        {
            (await Counter(client, key).Add(1)).Should().Be(1);
            (await Counter(silo, key).Add(1)).Should().Be(2, "both reach the same activation");
        }

        var management = client.Services.GetRequiredService<IClusterClient>().GetGrain<IManagementGrain>(0);
        var statistics = (await management.GetSimpleGrainStatistics()).Where(statistic => statistic.GrainType.Contains("CounterGrain")).ToList();
        statistics.Sum(statistic => statistic.ActivationCount).Should().Be(40);
        statistics.Should().HaveCount(4, "every silo has some of them");
        (await management.GetHosts(onlyActive: true)).Should().HaveCount(4);
    }

    internal static ICounterGrain Counter(IHost host, string key) => host.Services.GetRequiredService<IGrainFactory>().GetGrain<ICounterGrain>(key);
}
