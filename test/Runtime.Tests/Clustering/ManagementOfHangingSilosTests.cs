using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Runtime.Transport;

namespace Gateway.Runtime.Tests.Clustering;

public sealed class ManagementOfHangingSilosTests
{
    [Fact]
    public async Task a_silo_that_does_not_answer_holds_up_nobody_who_asks_for_something_else()
    {
        await using var cluster = new RedisCluster(await Gateway.Testing.Redis.RedisServer.StartAsync());
        for (var silo = 0; silo < 2; silo++)
        {
            await cluster.AddSiloAsync(configure: builder => builder.Services.Replace(ServiceDescriptor.Singleton<ISiloTransport>(services =>
                new HangingTransport(ActivatorUtilities.CreateInstance<HttpSiloTransport>(services)))));
        }

        await cluster.SettleAsync(2);
        var first = cluster.Silos.First();
        var management = first.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        var asked = cluster.Silos.Single(silo => RedisCluster.AddressOf(silo).Equals(RedisCluster.OwnerSeenBy(first, management.GetGrainId())));
        management = asked.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);
        for (var number = 0; number < 20; number++)
        {
            await CallsBetweenSilosTests.Counter(first, $"{number}").Add(1);
        }

        // The first calls of a process may take longer than it waits for a silo.
        var counted = 0;
        for (var attempt = 0; attempt < 20 && counted < 2; attempt++)
        {
            counted = (await management.GetSimpleGrainStatistics()).Select(row => row.SiloAddress).Distinct().Count();
        }

        counted.Should().Be(2);
        ((HangingTransport)asked.Services.GetRequiredService<ISiloTransport>()).Hangs = true;

        var statistics = management.GetSimpleGrainStatistics();
        var hosts = management.GetHosts(onlyActive: true);

        (await hosts.Within()).Should().HaveCount(2);
        statistics.IsFaulted.Should().BeTrue("a list without it would say that it has no grains");
        await statistics.Awaiting(task => task).Should().ThrowAsync<TimeoutException>();
    }

    private sealed class HangingTransport(ISiloTransport inner) : ISiloTransport
    {
        public bool Hangs { get; set; }

        public async Task<SiloReply> SendAsync(SiloAddress silo, SiloRequest request, ReadOnlyMemory<byte> message, PooledBuffer answer, CancellationToken cancellationToken)
        {
            if (Hangs && request == SiloRequest.Call)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return await inner.SendAsync(silo, request, message, answer, cancellationToken);
        }

        public Task<bool> IsRefusedAsync(SiloAddress silo, CancellationToken cancellationToken) => inner.IsRefusedAsync(silo, cancellationToken);
    }
}
