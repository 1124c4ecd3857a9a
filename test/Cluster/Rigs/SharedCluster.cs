using System.Collections.Immutable;
using Gateway.Testing.Identity;

namespace Gateway.Cluster.Rigs;

/// <summary>One cluster of three silos and three front-ends for all tests that leave it as they found it.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    private readonly JsonObject entries = [];
    private readonly ScriptedUpstream baseline = ScriptedUpstream.Start();
    private ClusterRig? rig;

    /// <summary>Whose tokens the cluster accepts.</summary>
    public GlobusDouble Globus { get; } = GlobusDouble.Start();
    private int names;
    private int accounts;

    public ClusterRig Rig => rig!;

    public FrontEndPart A => Rig.FrontEnds[0];

    public FrontEndPart B => Rig.FrontEnds[1];

    public ImmutableArray<FrontEndPart> FrontEnds => Rig.FrontEnds;

    /// <summary>A model that is always served.</summary>
    public static string Baseline => ClusterManifests.Model;

    public async ValueTask InitializeAsync()
    {
        entries["baseline"] = ClusterManifests.Entry(baseline.Url, Baseline);
        rig = await ClusterRig.StartAsync(new ClusterSetup { FrontEnds = 3, Manifest = entries.ToJsonString(), Environment = ClusterManifests.Settings([.. Globus.Settings().Select(setting => (setting.Key, setting.Value))]) });
    }

    public async ValueTask DisposeAsync()
    {
        if (rig is not null)
        {
            await rig.DisposeAsync();
        }

        await baseline.DisposeAsync();
        await Globus.DisposeAsync();
    }

    /// <summary>The load balancer in front; skips the test where nginx is not installed.</summary>
    public async Task NeedNginxAsync()
    {
        if (Rig.Nginx is null)
        {
            await Rig.StartNginxAsync();
        }
    }

    public string NewName(string kind) => $"{kind}-{Interlocked.Increment(ref names)}";

    /// <summary>Adds an entry; a change of the file, which silos watch.</summary>
    public string Add(string url, string model, int priority = 0, Action<JsonObject>? change = null)
    {
        var id = NewName("entry");
        entries[id] = ClusterManifests.Entry(url, model, Interlocked.Increment(ref accounts)).With("priority", priority).With("timeouts", new JsonObject { ["connect"] = 2, ["first_byte"] = 5, ["idle"] = 20, ["total"] = 30 });
        change?.Invoke(entries[id]!.AsObject());
        Rig.WriteManifest(entries.ToJsonString());
        return id;
    }

    public void Change(string id, Action<JsonObject> change)
    {
        change(entries[id]!.AsObject());
        Rig.WriteManifest(entries.ToJsonString());
    }

    /// <summary>Everything runs and is ready, whatever the test before did.</summary>
    public Task HealAsync() => Eventually.TrueAsync(
        async () =>
        {
            // As a supervisor does: a silo that found itself declared dead on a busy machine has ended, perhaps just now.
            foreach (var part in Rig.Parts.Where(part => !part.IsRunning))
            {
                await part.LaunchAsync();
            }

            return await IsWholeAsync();
        },
        "the cluster is whole",
        ClusterPart.StartBound);

    private async Task<bool> IsWholeAsync()
    {
        foreach (var part in Rig.Parts)
        {
            if (await part.HealthAsync("/health/ready") is not { Status: HttpStatusCode.OK })
            {
                return false;
            }
        }

        foreach (var node in FrontEnds)
        {
            if (await node.DegradedAsync() is not [])
            {
                return false;
            }
        }

        return (await ActiveSilosAsync()).Length == Rig.Silos.Length && await NodesAsync() == FrontEnds.Length;
    }

    /// <summary>Whoever lists the nodes has heard of all: a silo that came back takes its grains back, and for five seconds may not have.</summary>
    public Task UntilAllNodesAreListedAsync() => Eventually.TrueAsync(
        async () => (await A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["nodes_complete"]?.GetValue<bool>() == true,
        "all nodes are listed",
        Promises.Failover);

    public async Task<string[]> ActiveSilosAsync() =>
        [.. (await A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["silos"]!.AsArray().Where(silo => silo!["status"]!.GetValue<string>() == "active").Select(silo => silo!["id"]!.GetValue<string>())];

    private async Task<int> NodesAsync() => (await A.AdminJsonAsync(HttpMethod.Get, "/admin/cluster"))["nodes"]!.AsArray().Count;
}
