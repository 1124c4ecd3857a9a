using System.Text.Json;
using Gateway.Abstractions.Manifests;
using Gateway.Grains.Manifests.State;

namespace Gateway.Grains.Manifests.Parsing;

/// <summary>Turns one member of a manifest into a well-formed entry, or says why it is none.</summary>
internal static class EntryParser
{
    public static (DraftEntry? Entry, Rejection? Rejection) Parse(string id, JsonElement json)
    {
        try
        {
            return ParseText(id, json);
        }
        catch (InvalidOperationException)
        {
            // JSON may spell half of a surrogate pair; the reader only notices when the text is asked for.
            return Reject(RejectionReasons.BadText, "A text in it is not valid Unicode (half of a surrogate pair).");
        }
    }

    private static (DraftEntry? Entry, Rejection? Rejection) ParseText(string id, JsonElement json)
    {
        if (!PrintableText.IsName(id, ManifestBounds.NameLength))
        {
            return Reject(RejectionReasons.BadId, $"The key of an entry must be 1 to {ManifestBounds.NameLength} characters without control characters.");
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            return Reject(RejectionReasons.NotAnObject, "An entry must be an object with status, url, endpoint_id and experts.");
        }

        if (EntryFields.RepeatedIn(json, EntryFields.IsKnown) is { } repeated)
        {
            return Reject(RejectionReasons.DuplicateField, $"\"{repeated}\" is stated twice; remove one.");
        }

        if (MisspeltRestriction(json) is { } restriction)
        {
            return Reject(
                RejectionReasons.Bad(restriction.Nearest!),
                $"\"{PrintableText.Escape(restriction.Name)}\" is no field, and without \"{restriction.Nearest}\" everybody may use the entry; rename or remove it.");
        }

        var fields = new FieldReader(json);
        var statusText = fields.Text("status", 64);
        var url = Url(fields);
        var endpointId = fields.Text("endpoint_id", ManifestBounds.NameLength);
        var experts = fields.Names("experts", ManifestBounds.Experts);
        var model = fields.Words("model", ManifestBounds.TextLength);
        var description = fields.Words("description", ManifestBounds.TextLength);
        var options = EntryOptionsParser.Parse(fields);
        if (fields.Problem is { } problem)
        {
            return (null, problem);
        }

        if (statusText is null)
        {
            return Missing("status", "\"Live\", \"Offline\" or \"Maintenance\"", json);
        }

        if (url is null)
        {
            return Missing("url", "the base URL of the API", json);
        }

        if (endpointId is null)
        {
            return Missing("endpoint_id", "the name under which METIS_API_TOKENS has the key", json);
        }

        if (experts is not { IsEmpty: false } names)
        {
            return Missing("experts", "an array with at least one model name", json);
        }

        var entry = new DraftEntry
        {
            Id = id,
            Status = Status(statusText),
            StatusText = statusText.Trim().ToLowerInvariant(),
            Model = model ?? id,
            Description = description ?? id,
            Url = url,
            EndpointId = endpointId,
            Experts = names,
            Options = options,
        };
        return (entry, null);
    }

    private static (DraftEntry? Entry, Rejection? Rejection) Reject(string reason, string detail) => (null, new Rejection(reason, detail));

    private static (DraftEntry? Entry, Rejection? Rejection) Missing(string field, string meaning, JsonElement json)
    {
        var detail = $"Add \"{field}\": {meaning}.";
        foreach (var property in json.EnumerateObject())
        {
            if (property.Name != field && property.Name.Equals(field, StringComparison.OrdinalIgnoreCase))
            {
                detail = $"Field names are lower case: rename \"{property.Name}\" to \"{field}\".";
            }
        }

        return Reject(RejectionReasons.Missing(field), detail);
    }

    // Whoever wrote it wanted to shut somebody out: an entry without it would be open to all.
    private static UnknownField? MisspeltRestriction(JsonElement json) =>
        EntryFields.UnknownIn(json).Select(UnknownField.Of).FirstOrDefault(field => field.Nearest is "allowed_groups" or "allowed_domains");

    private static string? Url(FieldReader fields)
    {
        if (fields.Text("url", ManifestBounds.UrlLength) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
        {
            fields.Refuse("url", "must be an absolute http:// or https:// URL");
            return null;
        }

        if (url.UserInfo.Length > 0)
        {
            fields.Refuse("url", "must not hold user:password@; keys belong into METIS_API_TOKENS");
            return null;
        }

        if (url.Fragment.Length > 0)
        {
            fields.Refuse("url", "must not hold a fragment (#…)");
            return null;
        }

        if (!HostName.IsValid(url))
        {
            fields.Refuse("url", HostName.Rule);
            return null;
        }

        return url.AbsoluteUri;
    }

    private static EntryStatus Status(string text) => text.Trim().ToUpperInvariant() switch
    {
        "LIVE" => EntryStatus.Live,
        "OFFLINE" => EntryStatus.Offline,
        "MAINTENANCE" => EntryStatus.Maintenance,
        _ => EntryStatus.Unknown,
    };
}
