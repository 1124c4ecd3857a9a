using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Joining;

public sealed class SettingsHashTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task A_front_end_with_other_settings_makes_all_of_them_degraded_while_it_runs()
    {
        await using var other = Shared.Rig.NewFrontEnd(8);
        other.Environment["METIS_REFRESH_SECONDS"] = "31";

        await other.StartAsync();

        foreach (var frontEnd in (FrontEndPart[])[other, .. Shared.FrontEnds])
        {
            await Eventually.TrueAsync(async () => (await frontEnd.DegradedAsync())?.Contains("settings_differ") == true, $"{frontEnd.Name} sees it", Promises.Failover);
        }

        (await Shared.A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["settings_agree"]!.GetValue<bool>().Should().BeFalse();
        (await other.StopAsync()).Should().Be(0);
    }
}
