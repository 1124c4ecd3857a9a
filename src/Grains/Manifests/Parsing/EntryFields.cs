using System.Collections.Frozen;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>The names of all fields that an entry may have.</summary>
internal static class EntryFields
{
    /// <summary>Only the manifest may state them.</summary>
    public static readonly FrozenSet<string> OfManifest = FrozenSet.ToFrozenSet(
        ["status", "model", "description", "experts", "url", "endpoint_id"], StringComparer.Ordinal);

    /// <summary>The manifest or the overlay may state them.</summary>
    public static readonly FrozenSet<string> Optional = FrozenSet.ToFrozenSet(
        [
            "priority", "weight", "dialect", "auth", "headers", "query", "aliases", "limits", "limit_group", "timeouts",
            "allowed_groups", "allowed_domains", "prices", "context_window", "probe", "cluster", "framework", "notice",
            "retry_unary", "forward_headers", "max_output_tokens", "input_extra_tokens",
        ],
        StringComparer.Ordinal);

    public static bool IsKnown(string name) => OfManifest.Contains(name) || Optional.Contains(name);
}
