using System.Text.Json;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

/// <summary><c>POST</c>, <c>PATCH</c> and <c>DELETE</c> below <c>/admin/keys</c>.</summary>
internal sealed class KeyWriting(ApiKeyService service, IApiKeyStore store, ApiKeyBody body, ApiKeyJson json)
{
    private const int MaxIdempotencyKeyLength = 255;

    public async Task CreateAsync(HttpContext context)
    {
        var read = await ManagementBody.ReadAsync(context);
        var error = read.Error;
        var draft = error is null ? body.Read(read.Body!.Value, null, out error) : null;
        error ??= CheckIdempotencyKey(context);
        if (draft is null || error is not null)
        {
            await ErrorWriter.WriteAsync(context, error!);
            return;
        }

        var actor = ActorOf(context);
        var idempotencyKey = context.Request.Headers["Idempotency-Key"].ToString();
        var request = idempotencyKey.Length == 0 ? null : new IdempotentRequest(actor, idempotencyKey, read.Hash);
        var created = await service.CreateAsync(draft, actor, request, context.RequestAborted);
        await WriteCreatedAsync(context, created, json, "/admin/keys/", maximum: 0);
    }

    /// <param name="location">Path of keys, with a slash at the end.</param>
    /// <param name="maximum">Keys that the owner may have.</param>
    public static async Task WriteCreatedAsync(HttpContext context, CreatedKey created, ApiKeyJson json, string location, int maximum)
    {
        if (created.Record is not { } record)
        {
            await ErrorWriter.WriteAsync(context, created.Outcome switch
            {
                InsertionOutcome.QuotaReached => KeyErrors.TooMany(maximum),
                InsertionOutcome.TooFast => KeyErrors.TooFast(created.RetryAfter),
                InsertionOutcome.ParentRevoked => GatewayErrors.Unauthenticated("This API key has been revoked."),
                _ => KeyErrors.IdempotencyKeyReused(),
            });
            return;
        }

        context.Response.Headers.ETag = KeyReading.ETagOf(record);
        context.Response.Headers.Location = location + record.Id;
        if (created.Text is null)
        {
            // The text is stored nowhere, so a repeat can name the key but not show it.
            context.Response.Headers["Idempotent-Replayed"] = "true";
        }

        var status = created.Text is null ? StatusCodes.Status200OK : StatusCodes.Status201Created;
        await ManagementResponse.WriteJsonAsync(context, status, json.Write(record, created.Text));
    }

    public async Task ChangeAsync(HttpContext context)
    {
        var read = await ManagementBody.ReadAsync(context);
        if (read.Error is { } unreadable)
        {
            await ErrorWriter.WriteAsync(context, unreadable);
            return;
        }

        var stored = await store.FindAsync(KeyReading.IdOf(context), context.RequestAborted);
        if (Refusal(context, stored) is { } refusal)
        {
            await ErrorWriter.WriteAsync(context, refusal);
            return;
        }

        var before = stored!.Record;
        if (body.Read(read.Body!.Value, before, out var error) is not { } draft)
        {
            await ErrorWriter.WriteAsync(context, error!);
            return;
        }

        var after = before with
        {
            Name = draft.Name,
            Owner = draft.Owner,
            Groups = draft.Groups,
            Project = draft.Project,
            Role = draft.Role,
            Models = draft.Models,
            Routes = draft.Routes,
            OnBehalfOf = draft.OnBehalfOf,
            ExpiresAt = draft.ExpiresAt is { } expires ? DateTimeOffset.FromUnixTimeMilliseconds(expires.ToUnixTimeMilliseconds()) : null,
        };
        if (await service.UpdateAsync(before, after, ActorOf(context), context.RequestAborted) is not { } updated)
        {
            await ErrorWriter.WriteAsync(context, KeyErrors.Changed());
            return;
        }

        context.Response.Headers.ETag = KeyReading.ETagOf(updated);
        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, json.Write(updated, null));
    }

    public Task RevokeAsync(HttpContext context) => RevokeAsync(context, service, KeyReading.IdOf(context), ActorOf(context));

    public static async Task RevokeAsync(HttpContext context, ApiKeyService service, string id, string actor)
    {
        var condition = context.Request.Headers.IfMatch;
        var expected = condition.Count == 0 || condition.ToString() == "*" ? null : KeyReading.VersionOf(condition.ToString());
        var (revocation, isChanged) = await service.RevokeAsync(id, expected, actor, context.RequestAborted);
        await (revocation is null ? ErrorWriter.WriteAsync(context, isChanged ? KeyErrors.Changed() : KeyErrors.NotFound()) : WriteRevokedAsync(context, revocation));
    }

    private static async Task WriteRevokedAsync(HttpContext context, Revocation revocation)
    {
        if (revocation.IsConfirmed)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var answer = JsonSerializer.SerializeToUtf8Bytes(new { unconfirmed = revocation.Unconfirmed, unavailable = revocation.Unavailable });
        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status202Accepted, answer);
    }

    public static GatewayError? Refusal(HttpContext context, StoredApiKey? stored)
    {
        var expected = context.Request.Headers.IfMatch;
        return stored switch
        {
            null => KeyErrors.NotFound(),
            { IsAuthentic: false } => KeyErrors.Forged(),
            { Record.RevokedAt: not null } => KeyErrors.Revoked(),
            _ when expected.Count > 0 && expected.ToString() != "*" && expected.ToString() != KeyReading.ETagOf(stored.Record) => KeyErrors.Changed(),
            _ => null,
        };
    }

    public static GatewayError? CheckIdempotencyKey(HttpContext context)
    {
        var values = context.Request.Headers["Idempotency-Key"];
        return values.Count > 1 || (values.Count == 1 && values.ToString().Length is 0 or > MaxIdempotencyKeyLength)
            ? GatewayErrors.BadRequest($"The header 'Idempotency-Key' must be sent once, with 1 to {MaxIdempotencyKeyLength} characters.", "Idempotency-Key")
            : null;
    }

    private static string ActorOf(HttpContext context) => context.GetCaller()!.Subject;
}
