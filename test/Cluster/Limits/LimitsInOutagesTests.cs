using System.Diagnostics;
using Gateway.Cluster.Rigs;

namespace Gateway.Cluster.Limits;

public sealed class LimitsInOutagesTests
{
    private const int Users = 4;

    /// <summary>A call is tried for 8 s before it is given up.</summary>
    private static readonly TimeSpan GivenUp = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly UpstreamMeter meter = new();

    [Fact]
    public async Task Limited_callers_are_served_without_redis_from_claims_without_the_database_and_from_leases_without_silos_and_then_as_the_operator_says()
    {
        await using var upstream = ScriptedUpstream.Start(meter.Over(Replies.OpenAi()), keepRequests: false);
        await using var rig = await ClusterRig.PrepareAsync(new ClusterSetup
        {
            Silos = 1,
            FrontEnds = 2,
            Manifest = ClusterManifests.OneEntry(upstream),
            Environment = ClusterManifests.Settings(("GATEWAY_LIMITS", """{"default:user":{"requests_per_day":1000000}}""")),
        });
        rig.FrontEnds[1].Environment["Gateway__Limits__OnOutage"] = "open";
        await rig.StartAllAsync();
        var (closed, open) = (rig.FrontEnds[0], rig.FrontEnds[1]);
        var keys = new string[Users];
        for (var user = 0; user < Users; user++)
        {
            (_, keys[user]) = await closed.CreateKeyAsync(new JsonObject { ["name"] = $"user-{user}", ["owner"] = $"user-{user}" });
            await ExpectServedAsync(closed, keys[user]);
            await ExpectServedAsync(open, keys[user]);
        }

        await WithoutRedisAsync(rig, closed, keys[0]);
        await WithoutDatabaseAsync(rig, closed);
        await WithoutSilosAsync(rig, closed, keys);
        await ExpectServedAsync(open, keys[0]);
    }

    private static async Task WithoutRedisAsync(ClusterRig rig, FrontEndPart node, string key)
    {
        await rig.Redis.KillAsync();
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Lease + Lease)
        {
            await ExpectServedAsync(node, key);
        }

        await rig.Redis.RestartAsync();
    }

    private static async Task WithoutDatabaseAsync(ClusterRig rig, FrontEndPart node)
    {
        // Granted from for five seconds after it was written, which is now.
        var (_, key) = await node.CreateKeyAsync(new JsonObject { ["name"] = "newest", ["owner"] = "newest" });
        await ExpectServedAsync(node, key);
        await rig.Postgres.KillAsync();
        await ExpectServedAsync(node, key);
        await UntilUnavailableAsync(node, key, "blocks are used up, or too old to be granted from");
        await rig.Postgres.StartAgainAsync();
        await Eventually.TrueAsync(async () => await node.ChatStatusAsync(ClusterManifests.Model, key) == HttpStatusCode.OK, "claims can be written again", Promises.Failover);
    }

    /// <summary>Each caller has leases of its own, of which now and then one has just been used up: not of all at once.</summary>
    private async Task WithoutSilosAsync(ClusterRig rig, FrontEndPart node, string[] keys)
    {
        var callers = keys.Select(key => UntilUnavailableAsync(node, key, "leases have ended")).ToArray();
        await meter.UntilArrivedAsync(meter.Arrived + (100 * keys.Length)).WaitAsync(GivenUp);
        var killing = rig.Silos[0].KillAsync();

        // Dead from here on, whenever the rig notices.
        var killed = meter.Now;
        await killing;
        await Task.WhenAll(callers);

        meter.ArrivedBetween(killed, TimeSpan.MaxValue).Should().BeGreaterThan(2 * keys.Length, "leases are used to their end, by more than what was on its way");
        meter.ArrivedBetween(killed + (3 * Lease), TimeSpan.MaxValue).Should().Be(0, "and not after it");
    }

    private static async Task ExpectServedAsync(FrontEndPart node, string key)
    {
        using var answer = await node.ChatAsync(ClusterManifests.Model, key);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
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
