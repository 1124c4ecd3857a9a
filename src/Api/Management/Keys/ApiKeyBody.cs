using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Silo.Settings.Subjects;
using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

/// <summary>Reads the body of a create or change call over what there is; every error names its field.</summary>
/// <remarks>Unknown fields are refused: a misspelt <c>expires_at</c> or <c>models</c> would make a wider key than was meant.</remarks>
internal sealed class ApiKeyBody(SubjectNames names, TimeProvider time)
{
    private const int MaxNameLength = 100;
    private const int MaxGroups = 100;
    private const int MaxModels = 1000;
    private const int MaxModelLength = 256;
    private static readonly string KnownRoutes = string.Join(", ", Enum.GetValues<Operation>().Select(operation => $"'{operation.Path()}'"));

    /// <summary>Null draft: see the error.</summary>
    public ApiKeyDraft? Read(JsonElement body, ApiKeyRecord? present, out GatewayError? error)
    {
        error = null;
        if (body.ValueKind != JsonValueKind.Object)
        {
            error = GatewayErrors.BadRequest("The body must be a JSON object.");
            return null;
        }

        var draft = present is null ? new ApiKeyDraft { Name = "" } : DraftOf(present);
        foreach (var field in body.EnumerateObject())
        {
            draft = Apply(draft, field.Name, field.Value, out error);
            if (error is not null)
            {
                return null;
            }
        }

        if (draft.Name.Length == 0)
        {
            error = GatewayErrors.BadRequest("'name' is required.", "name");
            return null;
        }

        return draft;
    }

    private ApiKeyDraft Apply(ApiKeyDraft draft, string field, JsonElement value, out GatewayError? error)
    {
        error = null;
        switch (field)
        {
            case "name":
                return Text(value) is { } name && name.Length <= MaxNameLength && SubjectGrammar.IsId(name)
                    ? draft with { Name = name }
                    : Wrong(draft, field, $"must be text of 1 to {MaxNameLength} visible characters", out error);

            case "owner":
                return Qualified(value, SubjectNames.User, out var owner)
                    ? draft with { Owner = owner is null ? null : SubjectNames.User + owner }
                    : Wrong(draft, field, "must be a user like 'alice', 'user:alice' or 'user:<issuer>/alice', or null", out error);

            case "project":
                return Qualified(value, SubjectNames.Project, out var project)
                    ? draft with { Project = project }
                    : Wrong(draft, field, "must be a project like 'chem' or 'project:<issuer>/chem', or null", out error);

            case "groups":
                return List(value, MaxGroups, group => names.Qualify(SubjectNames.Group, group)) is { } groups
                    ? draft with { Groups = groups }
                    : Wrong(draft, field, $"must be a list of at most {MaxGroups} groups like 'physics' or 'group:<issuer>/physics'", out error);

            case "models":
                return List(value, MaxModels, model => model.Length <= MaxModelLength && SubjectGrammar.IsId(model) ? model : null) is { } models
                    ? draft with { Models = models }
                    : Wrong(draft, field, $"must be a list of at most {MaxModels} model names of at most {MaxModelLength} characters", out error);

            case "routes":
                return List(value, Operations.Count, route => Operations.Find(route) is null ? null : route) is { } routes
                    ? draft with { Routes = routes }
                    : Wrong(draft, field, $"must be a list of {KnownRoutes}", out error);

            case "on_behalf_of":
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null
                    ? draft with { OnBehalfOf = value.ValueKind == JsonValueKind.True }
                    : Wrong(draft, field, "must be true, false or null", out error);

            case "role":
                return value.ValueKind == JsonValueKind.Null || AdminRoles.TryParse(Text(value), out _)
                    ? draft with { Role = Text(value) }
                    : Wrong(draft, field, "must be 'viewer', 'operator', 'admin' or null", out error);

            case "expires_at":
                return Expiry(value, out var expires)
                    ? draft with { ExpiresAt = expires }
                    : Wrong(draft, field, "must be a time to come, like '2030-12-31T23:59:59Z', or null", out error);

            default:
                var shown = field.Length <= 64 ? field : field[..64];
                error = GatewayErrors.BadRequest($"There is no field '{shown}' here.", shown);
                return draft;
        }
    }

    private static ApiKeyDraft Wrong(ApiKeyDraft draft, string field, string rule, out GatewayError? error)
    {
        error = GatewayErrors.BadRequest($"'{field}' {rule}.", field);
        return draft;
    }

    private bool Qualified(JsonElement value, string kind, out string? qualified)
    {
        qualified = Text(value) is { } text ? names.Qualify(kind, text) : null;
        return qualified is not null || value.ValueKind == JsonValueKind.Null;
    }

    /// <summary>Null counts as empty; without repeats.</summary>
    private static ImmutableArray<string>? List(JsonElement value, int max, Func<string, string?> read)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > max)
        {
            return null;
        }

        var items = value.EnumerateArray().Select(item => Text(item) is { } text ? read(text) : null).ToList();
        return items.Contains(null) ? null : [.. items.OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>RFC 3339 with an offset: a time without one would mean something else on every machine.</summary>
    private bool Expiry(JsonElement value, out DateTimeOffset? expires)
    {
        expires = null;
        if (value.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        string[] formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];
        if (Text(value) is not { } text
            || !(text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))
            || !DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
            || parsed <= time.GetUtcNow())
        {
            return false;
        }

        expires = parsed.ToUniversalTime();
        return true;
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ApiKeyDraft DraftOf(ApiKeyRecord record) => new()
    {
        Name = record.Name,
        Owner = record.Owner,
        Groups = record.Groups,
        Project = record.Project,
        Role = record.Role,
        Models = record.Models,
        Routes = record.Routes,
        OnBehalfOf = record.OnBehalfOf,
        Parent = record.Parent,
        ExpiresAt = record.ExpiresAt,
    };
}
