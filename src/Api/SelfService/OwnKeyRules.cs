using System.Text.Json;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Keys;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Api.Management.Keys;
using Gateway.Silo.Settings;
using Gateway.Storage.Keys;
using Microsoft.Extensions.Options;

namespace Gateway.Api.SelfService;

/// <summary>
/// A key that callers make for themselves never has more rights than they have:
/// (1) owner, role and acting for others are not theirs to choose: the owner is the caller, and there is no role;
/// (2) what the body leaves out is as the caller has it, what it names must be within that;
/// (3) what is denied to the caller, or limited, is so for the key, which therefore remembers all groups and domains of the caller;
/// (4) it ends after the maximum age, and no later than the key that it is made with, together with which it is revoked.
/// </summary>
internal sealed class OwnKeyRules(ApiKeyBody body, IOptions<AuthOptions> options, TimeProvider time)
{
    private static readonly string[] NotTheirs = ["owner", "role", "on_behalf_of"];

    /// <summary>Null draft: see the error.</summary>
    public ApiKeyDraft? Read(JsonElement json, Caller caller, out GatewayError? error)
    {
        if (json.ValueKind == JsonValueKind.Object && NotTheirs.FirstOrDefault(field => json.TryGetProperty(field, out _)) is { } field)
        {
            error = GatewayErrors.BadRequest($"'{field}' cannot be chosen here: a key of your own is yours, opens no admin route, and acts for nobody else.", field);
            return null;
        }

        if (body.Read(json, null, out error) is not { } draft)
        {
            return null;
        }

        if (caller.BindingKeys.Length >= KeyJudge.MaxDepth)
        {
            error = new GatewayError(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "rights_exceeded", $"Keys are made with one another {KeyJudge.MaxDepth - 1} times in a row at most. Use the key that this one was made with.");
            return null;
        }

        draft = Inherit(draft, json, caller);
        error = Excess(draft, caller);
        return error is null ? draft : null;
    }

    /// <summary>A new text is a key in new hands: nobody gets one with rights that they do not have. When it ends was decided before.</summary>
    public GatewayError? ExcessOf(ApiKeyRecord record, Caller caller)
    {
        if (caller.IsRetiring)
        {
            // Whoever still has it, after a leak perhaps, would go on with a text that ends later, and could end the new one.
            return new GatewayError(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "rights_exceeded", "Your key was rotated, and you send its text from before. No key gets a new text by that: send the new text of yours.");
        }

        if (caller.Key == SubjectNames.Key + record.Id)
        {
            return null;
        }

        return record.Role is not null ? Beyond("role", "this key has a role; an admin can rotate it")
            : record.OnBehalfOf ? Beyond("on_behalf_of", "this key acts for others; an admin can rotate it")
            : Excess(new ApiKeyDraft { Name = record.Name, Groups = record.Groups, Project = record.Project, Models = record.Models, Routes = record.Routes }, caller);
    }

    private ApiKeyDraft Inherit(ApiKeyDraft draft, JsonElement json, Caller caller)
    {
        var latest = Latest(caller);
        return draft with
        {
            Owner = caller.User,
            Parent = caller.Key?[SubjectNames.Key.Length..],
            Groups = json.TryGetProperty("groups", out _) ? draft.Groups : [.. caller.Groups.Order(StringComparer.Ordinal)],
            Project = draft.Project ?? caller.Project,
            Models = draft.Models.IsEmpty && caller.Models is { } models ? [.. models.Order(StringComparer.Ordinal)] : draft.Models,
            Routes = draft.Routes.IsEmpty && caller.Operations is { } operations ? [.. operations.Order().Select(operation => operation.Path())] : draft.Routes,
            ExpiresAt = draft.ExpiresAt ?? latest,
            MakerGroups = [.. caller.BindingGroups.Order(StringComparer.Ordinal)],
            MakerDomains = caller.BindingDomains,
        };
    }

    private GatewayError? Excess(ApiKeyDraft draft, Caller caller)
    {
        if (draft.Groups.Any(group => !caller.Groups.Contains(group)))
        {
            return Beyond("groups", "you are not a member of all of these groups");
        }

        if (draft.Project is { } project && project != caller.Project && !caller.Groups.Contains(project))
        {
            return Beyond("project", "a project must be one of your groups");
        }

        if (caller.Models is { } models && draft.Models.Any(model => !models.Contains(model)))
        {
            return Beyond("models", "your credential may not use all of these models");
        }

        if (caller.Operations is { } operations && draft.Routes.Any(route => Operations.Find(route) is not { } operation || !operations.Contains(operation)))
        {
            return Beyond("routes", "your credential may not be used for all of these routes");
        }

        return draft.ExpiresAt > Latest(caller)
            ? Beyond("expires_at", $"a key of your own lives for {options.Value.MaxOwnKeyAge.TotalDays:0} days at most, and no longer than the key that it is made with")
            : null;
    }

    private DateTimeOffset Latest(Caller caller)
    {
        var latest = time.GetUtcNow() + options.Value.MaxOwnKeyAge;
        return caller.Key is not null && caller.ExpiresAt < latest ? caller.ExpiresAt.Value : latest;
    }

    private static GatewayError Beyond(string field, string reason) =>
        new(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "rights_exceeded", $"'{field}' goes beyond your own rights: {reason}.") { Param = field };
}
