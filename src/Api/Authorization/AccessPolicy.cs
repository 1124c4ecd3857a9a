using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Authorization.Rules;
using Gateway.Api.Http;
using Gateway.Api.Routing;

namespace Gateway.Api.Authorization;

/// <summary>May this caller use this model at this entry? Asked at every hop: listing, first choice, failover.</summary>
public static class AccessPolicy
{
    /// <summary>Of a fallback chain both must be allowed: the name that the caller says, and the model that serves it.</summary>
    /// <inheritdoc cref="Allows(Caller, ManifestEntry, string, Operation?, AccessRules)"/>
    public static bool Allows(Caller caller, RouteCandidate candidate, ModelRoute route, Operation? operation) =>
        Allows(caller, candidate.Entry, candidate.Model, operation, route.Rules)
        && (candidate.Model == route.Model || Allows(caller, candidate.Entry, route.Model, operation, route.Rules));

    /// <param name="operation">Null: for anything at all, as listings ask.</param>
    public static bool Allows(Caller caller, ManifestEntry entry, string model, Operation? operation, AccessRules rules)
    {
        if (caller.IsBootstrapAdmin)
        {
            return true;
        }

        if (caller.Models is { } models && !models.Contains(model))
        {
            return false;
        }

        if (operation is { } asked && caller.Operations is { } operations && !operations.Contains(asked))
        {
            return false;
        }

        if (entry.AllowedGroups is { } groups && !Overlaps(groups, caller))
        {
            return false;
        }

        return (entry.AllowedDomains is not { } domains || HasDomain(domains, caller)) && rules.Allow(caller, entry, model, operation);
    }

    // Apart: a lambda in Allows would allocate at every call, restricted entry or not.
    private static bool HasDomain(System.Collections.Immutable.ImmutableArray<string> allowed, Caller caller) =>
        caller.Domains.Any(domain => allowed.Contains(domain, StringComparer.OrdinalIgnoreCase));

    private static bool Overlaps(System.Collections.Immutable.ImmutableArray<string> allowed, Caller caller)
    {
        foreach (var group in allowed)
        {
            if (caller.Groups.Contains(group))
            {
                return true;
            }
        }

        return false;
    }
}
