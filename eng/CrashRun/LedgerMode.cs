using System.Text.Json.Nodes;
using Gateway.Testing.Clusters;
using Gateway.Testing.Clusters.Ledger;
using Gateway.Testing.Processes;

namespace Gateway.CrashRun;

/// <summary>One large ledger run on a cluster of its own.</summary>
internal static class LedgerMode
{
    private const string Model = "ledger";

    /// <summary>A fault for so many calls, but one round of them at least.</summary>
    private const int CallsPerFault = 500;

    /// <returns>Exit code: 1 if the ledger is wrong.</returns>
    public static async Task<int> RunAsync(int calls)
    {
        await using var first = new TaggedUpstream(isFirst: true);
        await using var second = new TaggedUpstream(isFirst: false);
        Console.WriteLine("Starting Redis, PostgreSQL, 2 silos and 3 front-ends …");
        await using var rig = await ClusterRig.StartAsync(new ClusterSetup
        {
            Silos = 2,
            FrontEnds = 3,
            Environment = { ["METIS_API_TOKENS"] = """{"first":"sk-first-0123456789abcdef","second":"sk-second-0123456789abcdef"}""" },
            Manifest = new JsonObject { ["first"] = Entry(first, "first", priority: 0), ["second"] = Entry(second, "second", priority: 1) }.ToJsonString(),
        });
        Console.WriteLine($"{calls} calls of a limited caller, {calls} to each of two front-ends that are lost …");
        using var run = new LedgerRun(rig, Model, first, second, new LedgerPlan { Calls = calls, Unshipped = calls, Faults = Math.Max(3, calls / CallsPerFault), Callers = 40 });
        var report = await run.RunAsync();
        Console.WriteLine(report);
        return report.Problems.Count == 0 ? 0 : 1;
    }

    private static JsonObject Entry(TaggedUpstream upstream, string account, int priority) => ManifestEntries.Live(upstream.Url, account, Model)
        .With("priority", priority)
        .With("prices", new JsonObject { ["input"] = TaggedCall.UsdPerMillion, ["output"] = TaggedCall.UsdPerMillion });
}
