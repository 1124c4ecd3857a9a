using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Authorization.Rules;
using Gateway.Silo.Settings.Models;

namespace Gateway.Api.Routing;

/// <summary>An immutable view of the manifest with everything that routing needs.</summary>
public sealed class RoutingSnapshot
{
    /// <summary>Of the entries in force.</summary>
    public required long ManifestVersion { get; init; }

    /// <summary>All accepted entries, in manifest order.</summary>
    public required ImmutableArray<ManifestEntry> Entries { get; init; }

    public required FrozenDictionary<string, EndpointOverride> Overrides { get; init; }

    public required FrozenDictionary<string, EndpointState> Endpoints { get; init; }

    /// <summary>By public model name, exact.</summary>
    public required FrozenDictionary<string, ModelRoute> Routes { get; init; }

    /// <summary>Of the provider keys that the targets were made with.</summary>
    public required long CredentialsVersion { get; init; }

    /// <summary>Of names that stand for other models.</summary>
    public required ModelChains Chains { get; init; }

    /// <summary>The operator's rules, asked by every listing.</summary>
    public required AccessRules Rules { get; init; }

    public ModelRoute? Find(string model) => Routes.GetValueOrDefault(model);

    /// <summary>Live by the manifest and not taken out by an operator.</summary>
    public bool IsLive(ManifestEntry entry) => IsLive(entry, Overrides.GetValueOrDefault(entry.Id));

    /// <summary>An operator's drain or maintenance beats Live; an operator's <c>live</c> does not beat Offline.</summary>
    public static bool IsLive(ManifestEntry entry, EndpointOverride? word) =>
        entry.Status is EntryStatus.Live && word is null or { Mode: OverrideMode.Live };
}
