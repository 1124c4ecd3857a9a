using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Outages;

public sealed class SiloOutageTests
{
    [Fact]
    public async Task Without_any_silo_the_last_snapshot_serves_known_keys_until_they_are_too_old()
    {
        const int MaxStaleness = 10;
        await using var upstream = ScriptedUpstream.Start();
        await using var rig = await ClusterRig.StartAsync(new ClusterSetup
        {
            Silos = 1,
            FrontEnds = 1,
            Manifest = ClusterManifests.OneEntry(upstream),
            Environment = ClusterManifests.Settings(("Gateway__Auth__MaxStalenessSeconds", $"{MaxStaleness}")),
        });
        var node = rig.FrontEnds[0];
        var (_, key) = await node.CreateKeyAsync("known");
        (await node.ChatStatusAsync(ClusterManifests.Model, key)).Should().Be(HttpStatusCode.OK);

        await rig.Silos[0].KillAsync();

        (await node.ChatStatusAsync(ClusterManifests.Model, key)).Should().Be(HttpStatusCode.OK, "the last snapshot serves");
        await Eventually.TrueAsync(async () => (await node.DegradedAsync())?.Contains("silos_unreachable") == true, "it is told", Promises.Failover);
        await Eventually.TrueAsync(async () => await node.ChatStatusAsync(ClusterManifests.Model, key) == HttpStatusCode.ServiceUnavailable, "a revocation could have been missed", TimeSpan.FromSeconds(5 * MaxStaleness));
        (await node.HealthAsync("/health/live"))!.Status.Should().Be(HttpStatusCode.OK);

        await rig.Silos[0].StartAsync();

        await Eventually.TrueAsync(async () => await node.ChatStatusAsync(ClusterManifests.Model, key) == HttpStatusCode.OK, "it is believed again", Promises.Failover);
    }
}
