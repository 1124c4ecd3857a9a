using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>Reads a manifest entry by entry: one bad entry never costs the others.</summary>
internal static class ManifestParser
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    public static ParsedManifest Parse(ReadOnlyMemory<byte> utf8, string cluster)
    {
        try
        {
            using var document = JsonDocument.Parse(WithoutByteOrderMark(utf8), Strict);
            return Parse(document.RootElement, cluster);
        }
        catch (JsonException problem)
        {
            return ParsedManifest.Broken(
                $"it is not valid JSON (line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1} of it)");
        }
    }

    public static ReadOnlyMemory<byte> WithoutByteOrderMark(ReadOnlyMemory<byte> utf8) =>
        utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;

    private static ParsedManifest Parse(JsonElement root, string cluster)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return ParsedManifest.Broken("it must be a JSON object whose members are the entries");
        }

        var entries = ImmutableArray.CreateBuilder<DraftEntry>();
        var rejected = ImmutableArray.CreateBuilder<RejectedEntry>();
        var unknownFields = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var member in root.EnumerateObject())
        {
            if (++count > ManifestBounds.Entries)
            {
                return ParsedManifest.Broken($"it has more than {ManifestBounds.Entries} entries");
            }

            var id = NameOf(member);
            var (entry, rejection) = id is null ? (null, new Rejection(RejectionReasons.BadText, "The key of the entry is not valid Unicode."))
                : seen.Add(id) ? EntryParser.Parse(id, member.Value)
                : (null, new Rejection(RejectionReasons.DuplicateId, "The manifest has this key twice; the first one is used. Rename or remove the other."));
            if (entry is null)
            {
                rejected.Add(new RejectedEntry
                {
                    Id = PrintableText.Escape(id ?? $"entry number {count}", ManifestBounds.NameLength),
                    Cluster = cluster,
                    Reason = rejection!.Reason,
                    Detail = rejection.Detail,
                });
                continue;
            }

            entries.Add(entry);
            CollectUnknownFields(member.Value, unknownFields);
        }

        return count == 0
            ? ParsedManifest.Broken("it has no entry; to stop everything, set the entries' status to Offline")
            : new ParsedManifest(null, entries.ToImmutable(), rejected.ToImmutable(), [.. unknownFields.Select(UnknownField.Of)]);
    }

    // The reader decodes a name only now, and throws if it spells half of a surrogate pair.
    private static string? NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static void CollectUnknownFields(JsonElement entry, SortedSet<string> names)
    {
        const int enoughToNotice = 20;
        foreach (var name in EntryFields.UnknownIn(entry))
        {
            if (names.Count < enoughToNotice)
            {
                names.Add(PrintableText.Escape(name));
            }
        }
    }
}
