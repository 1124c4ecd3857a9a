using System.Globalization;
using Gateway.Api.Errors;
using Gateway.Storage.Keys;

namespace Gateway.Api.Management.Keys;

/// <summary><c>GET /admin/keys[/{id}]</c>. Never a secret.</summary>
internal sealed class KeyReading(IApiKeyStore store, ApiKeyJson json)
{
    public async Task ListAsync(HttpContext context)
    {
        if (Paging.Read(context.Request.Query, out var limit, out var cursor) is { } error)
        {
            await ErrorWriter.WriteAsync(context, error);
            return;
        }

        var page = await store.ListAsync(cursor, limit + 1, context.RequestAborted);
        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, json.WriteList(page.Take(limit), CursorOf(page, limit)));
    }

    public async Task GetAsync(HttpContext context)
    {
        if (await store.FindAsync(IdOf(context), context.RequestAborted) is not { } stored)
        {
            await ErrorWriter.WriteAsync(context, KeyErrors.NotFound());
            return;
        }

        context.Response.Headers.ETag = ETagOf(stored.Record);
        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, json.Write(stored));
    }

    /// <param name="page">One more than the limit where there are more.</param>
    public static string? CursorOf(IReadOnlyList<StoredApiKey> page, int limit) => page.Count > limit ? page[limit - 1].Record.Id : null;

    public static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    public static string ETagOf(ApiKeyRecord record) => string.Create(CultureInfo.InvariantCulture, $"\"{record.Version}\"");

    /// <returns>0, which no key has: it is no ETag of a key.</returns>
    public static long? VersionOf(string etag) =>
        etag is ['"', .., '"'] && long.TryParse(etag.AsSpan(1, etag.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
}
