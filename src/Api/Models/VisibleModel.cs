using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Routing;

namespace Gateway.Api.Models;

/// <summary>A model that a caller may use now, with what its Live entries say of it.</summary>
/// <param name="Entry">The preferred one of the entries that this caller may use.</param>
/// <param name="ContextWindow">The smallest that a request may meet; null: unknown.</param>
public sealed record VisibleModel(string Id, long CreatedAt, ManifestEntry Entry, int? ContextWindow)
{
    /// <summary>Null: there is none, or not for this caller, which must look the same.</summary>
    /// <param name="scope">Null: of all clusters.</param>
    public static VisibleModel? Find(RoutingSnapshot snapshot, string id, Caller caller, ClusterScope? scope = null) =>
        snapshot.Find(id) is { } route ? Of(route, caller, scope) : null;

    /// <summary>By name.</summary>
    /// <param name="scope">Null: of all clusters.</param>
    public static IEnumerable<VisibleModel> All(RoutingSnapshot snapshot, Caller caller, ClusterScope? scope = null) =>
        snapshot.Routes.Values.Select(route => Of(route, caller, scope)).OfType<VisibleModel>().OrderBy(model => model.Id, StringComparer.Ordinal);

    /// <summary>Whatever the circuits say: a listing that flickers with them helps nobody.</summary>
    private static VisibleModel? Of(ModelRoute route, Caller caller, ClusterScope? scope)
    {
        var entries = route.Candidates
            .Where(candidate => candidate.Serves && scope?.Holds(candidate.Entry) != false && AccessPolicy.Allows(caller, candidate, route, null))
            .Select(candidate => candidate.Entry)
            .ToArray();
        return entries.Length == 0 ? null : new VisibleModel(route.Model, route.CreatedAt, entries[0], entries.Min(entry => entry.ContextWindow));
    }
}
