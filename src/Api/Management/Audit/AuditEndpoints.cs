using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Api.Authentication;
using Gateway.Api.Authentication.Subjects;
using Gateway.Api.Authorization;
using Gateway.Api.Errors;
using Gateway.Api.Management.Keys;
using Gateway.Storage;
using Gateway.Storage.Audit;

namespace Gateway.Api.Management.Audit;

public static class AuditEndpoints
{
    /// <summary><c>GET /admin/audit</c>, newest first; needs the role viewer.</summary>
    public static IEndpointConventionBuilder MapAuditLog(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/admin/audit", [HttpMethods.Get, HttpMethods.Head], ListAsync).WithTags("audit").RequireRole(AdminRole.Viewer);

    private static async Task ListAsync(HttpContext context)
    {
        long? before = null;
        var error = Paging.Read(context.Request.Query, out var limit, out var cursor);
        if (error is null && cursor is not null)
        {
            before = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
            error = before is null ? GatewayErrors.BadRequest("'cursor' must be one that a list answered with.", "cursor") : null;
        }

        if (error is not null)
        {
            await ErrorWriter.WriteAsync(context, error);
            return;
        }

        try
        {
            var log = context.RequestServices.GetRequiredService<IAuditLog>();
            var page = await log.ListAsync(before, limit + 1, context.RequestAborted);
            await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, Write(page, limit, context.RequestServices.GetRequiredService<SubjectNames>()));
        }
        catch (StorageUnavailableException)
        {
            await ErrorWriter.WriteAsync(context, KeyErrors.StorageUnavailable());
        }
    }

    private static ReadOnlyMemory<byte> Write(IReadOnlyList<AuditRecord> page, int limit, SubjectNames names)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartArray("data");
        foreach (var record in page.Take(limit))
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", record.Id);
            writer.WriteString("at", record.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture));
            writer.WriteString("actor", names.ShowSubject(record.Entry.Actor));
            writer.WriteString("action", record.Entry.Action);
            writer.WriteString("target", record.Entry.Target);
            WriteDetail(writer, "before", record.Entry.Before);
            WriteDetail(writer, "after", record.Entry.After);
            writer.WriteEndObject();
        }

        var hasMore = page.Count > limit;
        writer.WriteEndArray();
        writer.WriteBoolean("has_more", hasMore);
        writer.WriteString("cursor", hasMore ? page[limit - 1].Id.ToString(CultureInfo.InvariantCulture) : null);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>JSON as JSON, anything else as text.</summary>
    private static void WriteDetail(Utf8JsonWriter writer, string property, string? detail)
    {
        writer.WritePropertyName(property);
        if (detail is null)
        {
            writer.WriteNullValue();
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(detail);
            document.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(detail);
        }
    }
}
