using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Joining;

public sealed class StartOrderTests
{
    [Theory]
    [InlineData("frontend,silo,redis,postgres")]
    [InlineData("silo,postgres,frontend,redis")]
    [InlineData("postgres,redis,silo,frontend")]
    public async Task Any_order_becomes_ready_and_what_waits_is_alive_but_not_ready(string order)
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var rig = await ClusterRig.PrepareAsync(new ClusterSetup
        {
            Silos = 1,
            FrontEnds = 1,
            Manifest = ClusterManifests.OneEntry(upstream),
            Environment = ClusterManifests.Settings(),
        });
        var started = new List<ClusterPart>();
        var steps = order.Split(',');
        foreach (var step in steps)
        {
            switch (step)
            {
                case "redis":
                    await rig.Redis.RestartAsync();
                    break;
                case "postgres":
                    await rig.Postgres.StartAgainAsync();
                    break;
                default:
                    ClusterPart part = step == "silo" ? rig.Silos[0] : rig.FrontEnds[0];
                    await part.LaunchAsync();
                    await part.UntilAliveAsync();
                    started.Add(part);
                    break;
            }

            if (step != steps[^1] && started.Contains(rig.FrontEnds[0]))
            {
                (await rig.FrontEnds[0].HealthAsync("/health/ready"))!.Status.Should().Be(HttpStatusCode.ServiceUnavailable, "not all is there");
            }
        }

        await rig.UntilReadyAsync();
        var (_, key) = await rig.FrontEnds[0].CreateKeyAsync("first");
        (await rig.FrontEnds[0].ChatStatusAsync(ClusterManifests.Model, key)).Should().Be(HttpStatusCode.OK);
    }
}
