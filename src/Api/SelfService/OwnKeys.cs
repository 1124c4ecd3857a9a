using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Errors;
using Gateway.Api.Management;
using Gateway.Api.Management.Keys;
using Gateway.Silo.Settings;
using Gateway.Storage.Keys;
using Microsoft.Extensions.Options;

namespace Gateway.Api.SelfService;

/// <summary><c>/v1/me/keys</c>. A token reaches all keys of its user; an API key only itself and those that were made with it.</summary>
internal sealed class OwnKeys(ApiKeyService service, IApiKeyStore store, OwnKeyRules rules, KeyRotation rotation, ApiKeyJson json, IOptions<AuthOptions> options, TimeProvider time)
{
    /// <summary>Keys that one owner may make within an hour, or as many as they may have, if that is more; and new texts that these may get.</summary>
    private const int MaxPerHour = 100;

    /// <summary><c>?limit=&amp;cursor=</c>; usable ones before others, and the newest first.</summary>
    public async Task ListAsync(HttpContext context)
    {
        if (Owner(context) is not { } owner)
        {
            await ErrorWriter.WriteAsync(context, NoUser());
            return;
        }

        var error = Paging.Read(context.Request.Query, out var limit, out var cursor);
        if (!OwnKeyCursor.TryRead(cursor, out var after) || error is not null)
        {
            await ErrorWriter.WriteAsync(context, error ?? GatewayErrors.BadRequest("'cursor' must be one that a list answered with.", "cursor"));
            return;
        }

        // Before the list is read: a key that ends meanwhile is listed again rather than others not at all.
        var now = time.GetUtcNow();
        var page = await store.ListOwnedAsync(owner, UsedKey(context), after, limit + 1, context.RequestAborted);
        var next = page.Count > limit ? OwnKeyCursor.Write(page[limit - 1].Record, now) : null;
        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, json.WriteList(page.Take(limit), next));
    }

    public async Task CreateAsync(HttpContext context)
    {
        if (Owner(context) is not { } owner)
        {
            await ErrorWriter.WriteAsync(context, NoUser());
            return;
        }

        if (options.Value.MaxOwnKeys == 0)
        {
            await ErrorWriter.WriteAsync(context, KeyErrors.OwnKeysOff());
            return;
        }

        var caller = context.GetCaller()!;
        var read = await ManagementBody.ReadAsync(context);
        var error = read.Error;
        var draft = error is null ? rules.Read(read.Body!.Value, caller, out error) : null;
        error ??= KeyWriting.CheckIdempotencyKey(context);
        if (draft is null || error is not null)
        {
            await ErrorWriter.WriteAsync(context, error!);
            return;
        }

        var idempotencyKey = context.Request.Headers["Idempotency-Key"].ToString();
        var request = idempotencyKey.Length == 0 ? null : new IdempotentRequest($"me:{owner}:{caller.Key}", idempotencyKey, read.Hash);
        var created = await service.CreateAsync(draft, ActorOf(context), request, QuotaOf(owner), context.RequestAborted);
        await KeyWriting.WriteCreatedAsync(context, created, json, MeRoutes.Path + "/keys/", options.Value.MaxOwnKeys);
    }

    public async Task RotateAsync(HttpContext context)
    {
        if (Owner(context) is not { } owner)
        {
            await ErrorWriter.WriteAsync(context, NoUser());
            return;
        }

        var stored = await FindAsync(context);
        if (stored is { IsAuthentic: true } && rules.ExcessOf(stored.Record, context.GetCaller()!) is { } excess)
        {
            await ErrorWriter.WriteAsync(context, excess);
            return;
        }

        await rotation.RotateAsync(context, stored, ActorOf(context), QuotaOf(owner));
    }

    public async Task RevokeAsync(HttpContext context)
    {
        if (Owner(context) is null)
        {
            await ErrorWriter.WriteAsync(context, NoUser());
            return;
        }

        await (await FindAsync(context) is { } stored
            ? KeyWriting.RevokeAsync(context, service, stored.Record.Id, ActorOf(context))
            : ErrorWriter.WriteAsync(context, KeyErrors.NotFound()));
    }

    private KeyQuota QuotaOf(string owner) => new(owner, options.Value.MaxOwnKeys) { MaximumPerHour = Math.Max(MaxPerHour, options.Value.MaxOwnKeys) };

    /// <summary>Null: there is no such key, or it is not this caller's, which must look the same.</summary>
    private async Task<StoredApiKey?> FindAsync(HttpContext context) =>
        Owner(context) is { } owner && await store.FindAsync(KeyReading.IdOf(context), context.RequestAborted) is { } stored && stored.Record.Owner == owner && IsWithinReach(context, stored)
            ? stored
            : null;

    private static bool IsWithinReach(HttpContext context, StoredApiKey stored)
    {
        var used = UsedKey(context);
        return used is null || stored.Record.Id == used || stored.Record.Parent == used;
    }

    /// <summary>Null: the caller came with a token.</summary>
    private static string? UsedKey(HttpContext context) => context.GetCaller()!.Key?[SubjectNames.Key.Length..];

    private static string ActorOf(HttpContext context) => context.GetCaller() is { Key: { } key } ? key : context.GetCaller()!.Subject;

    private static string? Owner(HttpContext context) => context.GetCaller()!.User;

    private static GatewayError NoUser() =>
        new(StatusCodes.Status403Forbidden, GatewayErrors.PermissionError, "no_user", "Only users have keys of their own; this credential stands for no user.");
}
