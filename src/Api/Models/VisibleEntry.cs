using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Routing;

namespace Gateway.Api.Models;

/// <summary>An entry of which a caller may use something, whether it serves now or not.</summary>
/// <param name="Models">Those that this caller may use.</param>
public sealed record VisibleEntry(ManifestEntry Entry, string[] Models)
{
    public static IEnumerable<VisibleEntry> All(RoutingSnapshot snapshot, Caller caller)
    {
        foreach (var entry in snapshot.Entries)
        {
            string[] models = [.. entry.Experts.Where(model => AccessPolicy.Allows(caller, entry, model, null, snapshot.Rules))];
            if (models.Length > 0)
            {
                yield return new VisibleEntry(entry, models);
            }
        }
    }
}
