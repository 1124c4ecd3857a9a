using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>
/// Reads the overlay as a whole: since it may narrow who is allowed, skipping a bad part of it would let callers in that it shuts out.
/// </summary>
internal static class OverlayParser
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    public static ParsedOverlay Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(ManifestParser.WithoutByteOrderMark(utf8), Strict);
            return Parse(document.RootElement);
        }
        catch (JsonException problem)
        {
            return ParsedOverlay.Broken($"it is not valid JSON (line {problem.LineNumber + 1}, byte {problem.BytePositionInLine + 1} of it)");
        }
        catch (InvalidOperationException)
        {
            return ParsedOverlay.Broken("it is not valid JSON: a text in it is not valid UTF-8 or UTF-16");
        }
    }

    private static ParsedOverlay Parse(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return ParsedOverlay.Broken("it must be a JSON object: manifest key → optional fields");
        }

        var overlay = ImmutableDictionary.CreateBuilder<string, EntryOptions>(StringComparer.Ordinal);
        foreach (var member in root.EnumerateObject())
        {
            var id = PrintableText.Escape(member.Name);
            if (overlay.Count == ManifestBounds.Entries)
            {
                return ParsedOverlay.Broken($"it has more than {ManifestBounds.Entries} members");
            }

            if (overlay.ContainsKey(member.Name))
            {
                return ParsedOverlay.Broken($"it has the key \"{id}\" twice");
            }

            var (options, problem) = Options(member.Value);
            if (options is null)
            {
                return ParsedOverlay.Broken($"its part for \"{id}\" is wrong: {problem}");
            }

            overlay.Add(member.Name, options);
        }

        return new ParsedOverlay(null, overlay.ToImmutable());
    }

    private static (EntryOptions? Options, string? Problem) Options(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return (null, "it must be an object of optional fields.");
        }

        if (EntryFields.OfManifest.FirstOrDefault(name => json.TryGetProperty(name, out _)) is { } ofManifest)
        {
            return (null, $"\"{ofManifest}\" can only be set in the manifest.");
        }

        if (EntryFields.UnknownIn(json).FirstOrDefault() is { } unknown)
        {
            return (null, $"there is no field \"{PrintableText.Escape(unknown)}\".");
        }

        if (EntryFields.RepeatedIn(json, EntryFields.Optional.Contains) is { } repeated)
        {
            return (null, $"\"{repeated}\" is stated twice.");
        }

        var fields = new FieldReader(json);
        var options = EntryOptionsParser.Parse(fields);
        return fields.Problem is { } problem ? (null, problem.Detail) : (options, null);
    }
}
