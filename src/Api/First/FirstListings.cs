using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Http;
using Gateway.Api.Models;
using Gateway.Api.Routing;

namespace Gateway.Api.First;

/// <summary>What one caller sees of the entries, in FIRST's words.</summary>
public static class FirstListings
{
    private static readonly string[] Endpoints =
        [.. Enumerable.Range(0, Operations.Count).Select(operation => "/v1/" + ((Operation)operation).Path())];

    // Whoever has signed in and is a member of nothing.
    private static readonly Caller Anybody = new() { Id = "anybody", Username = "anybody", Name = "anybody", AuthService = "gateway" };

    public static ClusterListingJson Clusters(RoutingSnapshot snapshot, Caller caller)
    {
        var clusters = new SortedDictionary<string, ClusterJson>(StringComparer.Ordinal);
        foreach (var (name, framework) in VisibleEntry.All(snapshot, caller).Select(seen => (seen.Entry.Cluster, seen.Entry.Framework)).Distinct())
        {
            if (!clusters.TryGetValue(name, out var cluster))
            {
                clusters.Add(name, cluster = new ClusterJson("/resource_server/" + name, new(StringComparer.Ordinal)));
            }

            var models = VisibleModel.All(snapshot, caller, new ClusterScope(name, framework)).Select(model => model.Id);
            cluster.Frameworks.Add(framework, new FrameworkJson([.. models], Endpoints));
        }

        return new ClusterListingJson(clusters);
    }

    public static JobsJson Jobs(RoutingSnapshot snapshot, Caller caller, string cluster)
    {
        var jobs = VisibleEntry.All(snapshot, caller)
            .Where(seen => seen.Entry.Cluster == cluster)
            .ToLookup(seen => snapshot.IsLive(seen.Entry), seen => Job(snapshot, seen.Entry, seen.Models));
        JobJson[] running = [.. jobs[true]];
        JobJson[] stopped = [.. jobs[false]];
        return new JobsJson(running, stopped, new ClusterStatusJson(cluster, running.Length + stopped.Length, running.Length, stopped.Length));
    }

    public static IEnumerable<ClusterModelJson> Models(RoutingSnapshot snapshot, Caller caller, string cluster) =>
        VisibleModel.All(snapshot, caller, new ClusterScope(cluster)).Select(model => ClusterModelJson.Of(model.Id, model.Entry, model.ContextWindow));

    /// <summary>True: open to somebody without any group, and not stopped as a whole.</summary>
    public static SortedDictionary<string, bool> Status(RoutingSnapshot? snapshot)
    {
        var status = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        foreach (var (entry, _) in snapshot is null ? [] : VisibleEntry.All(snapshot, Anybody))
        {
            status[entry.Cluster] = snapshot!.IsLive(entry) || status.GetValueOrDefault(entry.Cluster);
        }

        return status;
    }

    private static JobJson Job(RoutingSnapshot snapshot, ManifestEntry entry, string[] models) => new()
    {
        Models = string.Join(',', models),
        Framework = entry.Framework,
        Cluster = entry.Cluster,
        Status = snapshot.IsLive(entry) ? "running" : StoppedStatus(snapshot, entry),
        Description = $"{entry.Model} - {entry.Description}",
    };

    private static string StoppedStatus(RoutingSnapshot snapshot, ManifestEntry entry) => snapshot.Overrides.GetValueOrDefault(entry.Id)?.Mode switch
    {
        OverrideMode.Drain => "drain",
        OverrideMode.Maintenance => "maintenance",
        _ => entry.StatusText,
    };
}
