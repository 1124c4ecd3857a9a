using Gateway.Cluster.Rigs;
using Gateway.Testing.Tls;

namespace Gateway.Cluster.Joining;

public sealed class MutualTlsTests
{
    [Fact]
    public async Task With_certificates_of_one_authority_they_find_each_other_and_a_process_of_another_is_left_out()
    {
        using var authority = new TestAuthority();
        using var strangers = new TestAuthority();
        var (certificate, key) = authority.PeerFiles("gateway");
        await using var upstream = ScriptedUpstream.Start();
        await using var rig = await ClusterRig.StartAsync(new ClusterSetup
        {
            Silos = 2,
            FrontEnds = 1,
            Manifest = ClusterManifests.OneEntry(upstream),
            Environment = ClusterManifests.Settings(
                ("Gateway__Cluster__Tls__CertificateFile", certificate),
                ("Gateway__Cluster__Tls__KeyFile", key),
                ("Gateway__Cluster__Tls__CaFile", authority.File)),
        });
        var (_, caller) = await rig.FrontEnds[0].CreateKeyAsync("caller");
        (await rig.FrontEnds[0].ChatStatusAsync(ClusterManifests.Model, caller)).Should().Be(HttpStatusCode.OK);

        await rig.Silos[1].KillAsync();
        await Eventually.TrueAsync(async () => await rig.FrontEnds[0].ChatStatusAsync(ClusterManifests.Model, caller) is HttpStatusCode.OK, "it serves on", Promises.Failover);
        await Eventually.TrueAsync(() => rig.Silos[0].Output.Contains("dead", StringComparison.OrdinalIgnoreCase), "the other is dead", Promises.Failover);
        (rig.FrontEnds[0].Output + rig.Silos[0].Output).Should().NotContain("encrypted connection", "a silo that dies is no certificate problem");

        await using var stranger = rig.NewFrontEnd(9);
        (stranger.Environment["Gateway__Cluster__Tls__CertificateFile"], stranger.Environment["Gateway__Cluster__Tls__KeyFile"]) = strangers.PeerFiles("stranger");
        await stranger.LaunchAsync();

        await Eventually.TrueAsync(async () => await stranger.HealthAsync("/health/live") is { Status: HttpStatusCode.OK }, "it is alive", ClusterPart.StartBound);
        await Eventually.TrueAsync(() => stranger.Output.Contains("feed lost"), "it finds no silo", Promises.Failover);
        await Eventually.TrueAsync(() => stranger.Output.Contains("No encrypted connection to silo"), "it says what is wrong", Promises.Failover);
        await Eventually.TrueAsync(() => rig.Silos.Any(silo => silo.Output.Contains("CN=stranger is refused", StringComparison.Ordinal)), "so does the other side", Promises.Failover);
        (await stranger.HealthAsync("/health/ready"))!.Status.Should().Be(HttpStatusCode.ServiceUnavailable);
    }
}
