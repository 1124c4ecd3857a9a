using System.Text.Json;
using Gateway.Api.Errors;
using Gateway.Storage;
using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

/// <summary>
/// Gives a key a new text. The key stays the same: its id, rights, limits and history. The text before goes on working for the overlap, so
/// that programs can be changed one after another; one from before that ends at once.
/// </summary>
internal sealed class KeyRotation(ApiKeyService service, ApiKeyJson json, TimeProvider time)
{
    private const int DefaultOverlapSeconds = 86_400;
    private const int MaxOverlapSeconds = 30 * 86_400;

    /// <summary>Body: empty, or <c>{"overlap_seconds"}</c>, 0 to 30 days, a day unless it says otherwise.</summary>
    /// <param name="stored">Null: there is no such key for this caller.</param>
    /// <param name="actor">For the audit log.</param>
    /// <param name="quota">Null: an admin rotates it.</param>
    public async Task RotateAsync(HttpContext context, StoredApiKey? stored, string actor, KeyQuota? quota = null)
    {
        var refusal = KeyWriting.Refusal(context, stored);
        var overlap = TimeSpan.Zero;
        if (refusal is null)
        {
            (overlap, refusal) = await OverlapAsync(context);
        }

        if (refusal is not null)
        {
            await ErrorWriter.WriteAsync(context, refusal);
            return;
        }

        var before = stored!.Record;
        var now = time.GetUtcNow();
        if (before.ExpiresAt <= now)
        {
            await ErrorWriter.WriteAsync(context, KeyErrors.Expired());
            return;
        }

        var text = ApiKeyText.Create();
        var until = before.ExpiresAt < now + overlap ? before.ExpiresAt.Value : now + overlap;
        var after = before with
        {
            Hash = KeyHash.Of(text),
            Hint = ApiKeyText.Hint(text),
            PreviousHash = overlap > TimeSpan.Zero ? before.Hash : null,
            PreviousUntil = overlap > TimeSpan.Zero ? DateTimeOffset.FromUnixTimeMilliseconds(until.ToUnixTimeMilliseconds()) : null,
        };
        KeyReplacement rotated;
        try
        {
            rotated = await service.RotateAsync(before, after, actor, quota, context.RequestAborted);
        }
        catch (StorageUnavailableException)
        {
            // Whoever simply tried again might end the text that all programs use.
            await ErrorWriter.WriteAsync(context, KeyErrors.RotationUnknown());
            return;
        }

        if (rotated.Record is not { } record)
        {
            await ErrorWriter.WriteAsync(context, rotated.RetryAfter is { } wait ? KeyErrors.RotatedTooFast(wait) : KeyErrors.Changed());
            return;
        }

        context.Response.Headers.ETag = KeyReading.ETagOf(record);
        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, json.Write(record, text));
    }

    private static async Task<(TimeSpan Overlap, GatewayError? Error)> OverlapAsync(HttpContext context)
    {
        var read = await ManagementBody.ReadAsync(context, mayBeEmpty: true);
        if (read.Error is not null)
        {
            return (default, read.Error);
        }

        var body = read.Body!.Value;
        if (body.ValueKind != JsonValueKind.Object || body.EnumerateObject().Any(field => field.Name != "overlap_seconds"))
        {
            return (default, GatewayErrors.BadRequest("The body must be a JSON object with 'overlap_seconds' and nothing else."));
        }

        if (!body.TryGetProperty("overlap_seconds", out var value))
        {
            return (TimeSpan.FromSeconds(DefaultOverlapSeconds), null);
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds is >= 0 and <= MaxOverlapSeconds
            ? (TimeSpan.FromSeconds(seconds), null)
            : (default, GatewayErrors.BadRequest($"'overlap_seconds' must be a whole number from 0 to {MaxOverlapSeconds}.", "overlap_seconds"));
    }
}
