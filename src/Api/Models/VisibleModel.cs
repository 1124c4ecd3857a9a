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
    public static VisibleModel? Find(RoutingSnapshot snapshot, string id, Caller caller) =>
        snapshot.Find(id) is { } route ? Of(route, caller) : null;

    /// <summary>By name.</summary>
    public static IEnumerable<VisibleModel> All(RoutingSnapshot snapshot, Caller caller) =>
        snapshot.Routes.Values.Select(route => Of(route, caller)).OfType<VisibleModel>().OrderBy(model => model.Id, StringComparer.Ordinal);

    /// <summary>Whatever the circuits say: a listing that flickers with them helps nobody.</summary>
    private static VisibleModel? Of(ModelRoute route, Caller caller)
    {
        var entries = route.Candidates
            .Where(candidate => candidate.Serves && AccessPolicy.Allows(caller, candidate.Entry, route.Model, null, route.Rules))
            .Select(candidate => candidate.Entry)
            .ToArray();
        return entries.Length == 0 ? null : new VisibleModel(route.Model, route.CreatedAt, entries[0], entries.Min(entry => entry.ContextWindow));
    }
}
