using System.Diagnostics;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

public sealed class LimitsInOutagesTests
{
    private const string User = "limited";

    /// <summary>A call is tried for 8 s before it is given up.</summary>
    private static readonly TimeSpan GivenUp = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Without_any_silo_limited_callers_are_refused_or_let_through_as_the_operator_says_and_without_the_database_refused_once_claims_are_used_up()
    {
        await using var upstream = ScriptedUpstream.Start();
        await using var rig = await ClusterRig.PrepareAsync(new ClusterSetup
        {
            Silos = 1,
            FrontEnds = 2,
            Manifest = ClusterManifests.OneEntry(upstream),
            Environment = ClusterManifests.Settings(("GATEWAY_LIMITS", $$$"""{"user:{{{User}}}":{"requests_per_day":1000000}}""")),
        });
        rig.FrontEnds[1].Environment["Gateway__Limits__OnOutage"] = "open";
        await rig.StartAllAsync();
        var (closed, open) = (rig.FrontEnds[0], rig.FrontEnds[1]);
        var (_, key) = await closed.CreateKeyAsync(new JsonObject { ["name"] = User, ["owner"] = User });
        (await closed.ChatStatusAsync(ClusterManifests.Model, key)).Should().Be(HttpStatusCode.OK);
        (await open.ChatStatusAsync(ClusterManifests.Model, key)).Should().Be(HttpStatusCode.OK);

        await rig.Postgres.KillAsync();

        (await closed.ChatStatusAsync(ClusterManifests.Model, key)).Should().Be(HttpStatusCode.OK, "a block is claimed");
        await UntilUnavailableAsync(closed, key, "blocks are used up, or too old to be granted from");
        await rig.Postgres.StartAgainAsync();
        await Eventually.TrueAsync(async () => await closed.ChatStatusAsync(ClusterManifests.Model, key) == HttpStatusCode.OK, "claims can be written again", Promises.Failover);

        await rig.Silos[0].KillAsync();

        await UntilUnavailableAsync(closed, key, "leases have ended");
        (await open.ChatStatusAsync(ClusterManifests.Model, key)).Should().Be(HttpStatusCode.OK, "the operator wants it so");
    }

    private static async Task UntilUnavailableAsync(FrontEndPart node, string key, string because)
    {
        var began = Stopwatch.GetTimestamp();
        HttpStatusCode status;
        do
        {
            using var answer = await node.ChatAsync(ClusterManifests.Model, key);
            status = answer.StatusCode;
            if (status != HttpStatusCode.OK)
            {
                status.Should().Be(HttpStatusCode.ServiceUnavailable);
                JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["code"]!.GetValue<string>().Should().Be("limits_unavailable");
            }
        }
        while (status == HttpStatusCode.OK && Stopwatch.GetElapsedTime(began) < GivenUp);

        status.Should().Be(HttpStatusCode.ServiceUnavailable, because);
    }
}
