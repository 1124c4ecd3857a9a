using System.Collections.Frozen;
using System.Text.Json;

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

    /// <summary>What the fields that are objects of fields may hold.</summary>
    public static readonly FrozenDictionary<string, FrozenSet<string>> Nested = new Dictionary<string, FrozenSet<string>>
    {
        ["limits"] = FrozenSet.ToFrozenSet(["rpm", "tpm", "concurrency"], StringComparer.Ordinal),
        ["timeouts"] = FrozenSet.ToFrozenSet(["connect", "first_byte", "idle", "total"], StringComparer.Ordinal),
        ["prices"] = FrozenSet.ToFrozenSet(["input", "output", "cached_input", "cache_write", "reasoning"], StringComparer.Ordinal),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsKnown(string name) => OfManifest.Contains(name) || Optional.Contains(name);

    /// <summary>The first known name that an object has twice; null: there is none.</summary>
    public static string? RepeatedIn(JsonElement json, Func<string, bool> isKnown)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            if (isKnown(property.Name) && !seen.Add(property.Name))
            {
                return property.Name;
            }
        }

        return null;
    }

    /// <summary>The names in an entry that are no field's, those inside of fields as <c>limits.name</c>.</summary>
    public static IEnumerable<string> UnknownIn(JsonElement entry)
    {
        foreach (var property in entry.EnumerateObject())
        {
            if (!IsKnown(property.Name))
            {
                yield return property.Name;
            }
            else if (property.Value.ValueKind == JsonValueKind.Object && Nested.TryGetValue(property.Name, out var known))
            {
                foreach (var inner in property.Value.EnumerateObject().Where(inner => !known.Contains(inner.Name)))
                {
                    yield return $"{property.Name}.{inner.Name}";
                }
            }
        }
    }
}
