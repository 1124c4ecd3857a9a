using System.Collections.Frozen;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>A name in an entry that is no field's; those inside of fields are written <c>limits.name</c>.</summary>
/// <param name="Nearest">The field that may have been meant; null: none is near.</param>
internal sealed record UnknownField(string Name, string? Nearest)
{
    private static readonly FrozenSet<string> Fields = EntryFields.OfManifest.Union(EntryFields.Optional).ToFrozenSet(StringComparer.Ordinal);

    public static UnknownField Of(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var outer = dot < 0 ? "" : name[..dot];
        var nearest = EntryFields.Nested.TryGetValue(outer, out var inner)
            ? NearestName.Of(name[(dot + 1)..], inner) is { } found ? $"{outer}.{found}" : null
            : NearestName.Of(name, Fields);
        return new UnknownField(name, nearest);
    }

    public override string ToString() => Nearest is null ? $"\"{Name}\"" : $"\"{Name}\" (did you mean \"{Nearest}\"?)";
}
