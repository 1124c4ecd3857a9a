using Gateway.Cluster.Rigs;
using Gateway.Testing.Clusters.Ledger;

namespace Gateway.Cluster.Ledger;

/// <summary>The small form of <c>eng/crash.sh --ledger</c>.</summary>
public sealed class LedgerUnderFaultsTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task Every_request_that_reached_an_upstream_has_one_record_whatever_was_killed()
    {
        await using var first = new TaggedUpstream(isFirst: true);
        await using var second = new TaggedUpstream(isFirst: false);
        var model = Shared.NewName("model");
        Shared.Add(first.Url, model, change: WithPrices);
        Shared.Add(second.Url, model, priority: 1, change: WithPrices);
        using var run = new LedgerRun(Shared.Rig, model, first, second, new LedgerPlan { Calls = 600, Unshipped = 300 });

        var report = await run.RunAsync();

        report.Problems.Should().BeEmpty(report.ToString());
        (report.FrontEndsKilled, report.SilosKilled, report.DatabaseRestarts).Should().Be((1, 1, 1));
        report.Interrupted.Should().BePositive("a front-end was killed with requests in flight");
        report.Partial.Should().BePositive("callers left and streams were cut");
        report.FailedOver.Should().BePositive();
        report.Delivered.Should().BeGreaterThan(report.Calls / 2);
        report.AdoptedByFolder.Should().BeGreaterThan(200);
        report.AdoptedByCommand.Should().BeGreaterThan(200);
    }

    private static void WithPrices(JsonObject entry) => entry["prices"] = new JsonObject { ["input"] = TaggedCall.UsdPerMillion, ["output"] = TaggedCall.UsdPerMillion };
}
