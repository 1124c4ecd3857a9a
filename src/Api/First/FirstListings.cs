using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
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
        foreach (var framework in Visible(snapshot, caller).GroupBy(seen => (seen.Entry.Cluster, seen.Entry.Framework)))
        {
            var (name, frameworkName) = framework.Key;
            if (!clusters.TryGetValue(name, out var cluster))
            {
                clusters.Add(name, cluster = new ClusterJson("/resource_server/" + name, new(StringComparer.Ordinal)));
            }

            var models = framework.Where(seen => snapshot.IsLive(seen.Entry)).SelectMany(seen => seen.Models);
            cluster.Frameworks.Add(frameworkName, new FrameworkJson([.. models.Distinct().Order(StringComparer.Ordinal)], Endpoints));
        }

        return new ClusterListingJson(clusters);
    }

    public static JobsJson Jobs(RoutingSnapshot snapshot, Caller caller, string cluster)
    {
        var jobs = Visible(snapshot, caller)
            .Where(seen => seen.Entry.Cluster == cluster)
            .ToLookup(seen => snapshot.IsLive(seen.Entry), seen => Job(snapshot, seen.Entry, seen.Models));
        JobJson[] running = [.. jobs[true]];
        JobJson[] stopped = [.. jobs[false]];
        return new JobsJson(running, stopped, new ClusterStatusJson(cluster, running.Length + stopped.Length, running.Length, stopped.Length));
    }

    public static IEnumerable<ClusterModelJson> Models(RoutingSnapshot snapshot, Caller caller, string cluster) =>
        from seen in Visible(snapshot, caller)
        where seen.Entry.Cluster == cluster && snapshot.IsLive(seen.Entry)
        from model in seen.Models
        group seen.Entry by model into entries
        orderby entries.Key
        select ClusterModelJson.Of(entries.Key, entries.First(), VisibleModel.Find(snapshot, entries.Key, caller, new ClusterScope(cluster))?.ContextWindow);

    /// <summary>True: open to somebody without any group, and not stopped as a whole.</summary>
    public static SortedDictionary<string, bool> Status(RoutingSnapshot? snapshot)
    {
        var status = new SortedDictionary<string, bool>(StringComparer.Ordinal);
        foreach (var (entry, _) in snapshot is null ? [] : Visible(snapshot, Anybody))
        {
            status[entry.Cluster] = snapshot!.IsLive(entry) || status.GetValueOrDefault(entry.Cluster);
        }

        return status;
    }

    private static IEnumerable<(ManifestEntry Entry, string[] Models)> Visible(RoutingSnapshot snapshot, Caller caller)
    {
        foreach (var entry in snapshot.Entries)
        {
            string[] models = [.. entry.Experts.Where(model => AccessPolicy.Allows(caller, entry, model, null, snapshot.Rules))];
            if (models.Length > 0)
            {
                yield return (entry, models);
            }
        }
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
