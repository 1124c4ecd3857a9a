using System.Collections.Concurrent;
using System.Reflection;
using Gateway.Abstractions.Manifests;
using Gateway.Abstractions.Nodes;
using Gateway.Silo.Health;
using Gateway.Silo.Settings;
using Gateway.Testing;
using Orleans;
using Orleans.Runtime;

namespace Gateway.Silo.Tests.Health;

public sealed class SiloHeartbeatSenderTests
{
    [Fact]
    public async Task Each_heartbeat_tells_the_address_and_the_settings_of_its_moment()
    {
        var time = new FakeTimeProvider();
        var local = new Local();
        var node = new NodeOptions { SettingsHash = "first" };
        var grains = DispatchProxy.Create<IGrainFactory, Grains>();
        var sent = ((Grains)(object)grains).Sent;
        using var sender = new SiloHeartbeatSender(grains, local, node, time);
        await sender.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => sent.Count == 1 && time.ArmedTimers > 0, "the first heartbeat");

        local.SiloAddress = SiloAddress.FromParsableString("10.0.0.1:1@8");
        node.SettingsHash = "second";
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(2));
                return sent.Count > 1;
            },
            "the next one");

        sent.First().Should().BeEquivalentTo(new { SiloId = "10.0.0.1:1@7", SettingsHash = "first" });
        sent.Last().Should().BeEquivalentTo(new { SiloId = "10.0.0.1:1@8", SettingsHash = "second" });
        await sender.StopAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Local : ILocalSiloDetails
    {
        public string Name => "one";

        public string ClusterId => "test";

        // Orleans asks for this one and the next.
        public string DnsHostName => Name;

        public SiloAddress GatewayAddress => SiloAddress;

        public SiloAddress SiloAddress { get; set; } = SiloAddress.FromParsableString("10.0.0.1:1@7");
    }

    // A class that implements the interface of a grain would be found by the engine and taken for one.
    public class Grains : DispatchProxy
    {
        public ConcurrentQueue<SiloHeartbeat> Sent { get; set; } = new();

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IGrainFactory.GetGrain))
            {
                var grain = Create<IManifestGrain, Grains>();
                ((Grains)(object)grain).Sent = Sent;
                return grain;
            }

            Sent.Enqueue((SiloHeartbeat)args![0]!);
            return Task.CompletedTask;
        }
    }
}
