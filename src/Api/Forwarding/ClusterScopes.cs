using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gateway.Api.Routing;

namespace Gateway.Api.Forwarding;

/// <summary>Routes of one cluster and framework only, for paths that name them.</summary>
/// <remarks>Made once per snapshot and model, since a route carries the balance between its entries.</remarks>
public sealed class ClusterScopes
{
    private readonly ConditionalWeakTable<RoutingSnapshot, Scopes> _bySnapshot = [];

    /// <summary>False: the manifest has no such cluster or framework.</summary>
    public bool TryFind(RoutingSnapshot snapshot, string cluster, string framework, string model, out ModelRoute? route)
    {
        var scopes = _bySnapshot.GetValue(snapshot, static snapshot => new Scopes(snapshot));
        route = null;
        if (!scopes.Exists(cluster, framework))
        {
            return false;
        }

        route = snapshot.Find(model) is { } all ? scopes.Narrow(all, cluster, framework) : null;
        return true;
    }

    private sealed class Scopes
    {
        private readonly HashSet<(string Cluster, string Framework)> _known;
        private readonly ConcurrentDictionary<(string Cluster, string Framework, string Model), ModelRoute?> _narrowed = new();

        public Scopes(RoutingSnapshot snapshot) =>
            _known = [.. snapshot.Entries.Select(entry => (entry.Cluster, entry.Framework))];

        public bool Exists(string cluster, string framework) => _known.Contains((cluster, framework));

        public ModelRoute? Narrow(ModelRoute route, string cluster, string framework) => _known.Count == 1
            ? route
            : _narrowed.GetOrAdd((cluster, framework, route.Model), static (key, route) => Filter(route, key.Cluster, key.Framework), route);

        private static ModelRoute? Filter(ModelRoute route, string cluster, string framework)
        {
            var kept = route.Candidates.RemoveAll(candidate => candidate.Entry.Cluster != cluster || candidate.Entry.Framework != framework);
            return kept.IsEmpty ? null
                : kept.Length == route.Candidates.Length ? route
                : new ModelRoute { Model = route.Model, Candidates = kept, Rules = route.Rules, CreatedAt = route.CreatedAt };
        }
    }
}
