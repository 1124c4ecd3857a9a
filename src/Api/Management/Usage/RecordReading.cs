using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Api.Errors;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Api.Management.Usage;

/// <summary><c>GET /admin/usage/records</c> and one of them.</summary>
internal sealed class RecordReading(UsageReader reader, UsageQueryReader queries, UsageNames names)
{
    private const int CsvPage = 1_000;

    public async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var error = Paging.Read(query, out var limit, out var cursor);
        Guid? before = null;
        if (error is null && cursor is not null)
        {
            before = Guid.TryParseExact(cursor, "D", out var id) ? id : null;
            error = before is null ? GatewayErrors.BadRequest("'cursor' must be one that a list answered with.", "cursor") : null;
        }

        var range = error is null ? queries.ReadRange(query, out error) : null;
        var filters = error is null ? queries.ReadFilters(query, out error) : null;
        if (range is not { } times || filters is not { } wanted)
        {
            await ErrorWriter.WriteAsync(context, error!);
            return;
        }

        if (CsvAnswer.IsWanted(context))
        {
            await WriteCsvAsync(context, times.From, times.To, before, wanted, query.ContainsKey("limit") ? limit : int.MaxValue);
            return;
        }

        var page = await reader.ListAsync(times.From, times.To, before, wanted, limit + 1, context.RequestAborted);
        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, List(page, limit));
    }

    public async Task GetAsync(HttpContext context)
    {
        var record = Guid.TryParseExact((string?)context.Request.RouteValues["id"], "D", out var id) ? await reader.FindAsync(id, context.RequestAborted) : null;
        if (record is null)
        {
            await ErrorWriter.WriteAsync(
                context,
                new GatewayError(
                    StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "record_not_found", "There is no usage record of this id; it may not have reached the database yet."));
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(1024);
        await using (var writer = new Utf8JsonWriter(buffer))
        {
            RecordJson.Write(writer, record, names);
        }

        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, buffer.WrittenMemory);
    }

    private ReadOnlyMemory<byte> List(IReadOnlyList<UsageRecord> page, int limit)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteStartArray("data");
        foreach (var record in page.Take(limit))
        {
            RecordJson.Write(writer, record, names);
        }

        writer.WriteEndArray();
        writer.WriteBoolean("has_more", page.Count > limit);
        writer.WriteString("cursor", page.Count > limit ? page[limit - 1].Id.ToString() : null);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <param name="most">All of them unless the caller said how many.</param>
    private async Task WriteCsvAsync(HttpContext context, DateTimeOffset from, DateTimeOffset to, Guid? before, ImmutableArray<UsageFilter> filters, int most)
    {
        // The first page before the first byte: then a database that is away is still an error.
        var page = await reader.ListAsync(from, to, before, filters, Math.Min(CsvPage, most), context.RequestAborted);
        await using var csv = CsvAnswer.Begin(context, "usage-records.csv");
        csv.WriteRow(RecordCsv.Header);
        while (true)
        {
            foreach (var record in page)
            {
                csv.WriteRow(RecordCsv.Row(record, names));
            }

            await csv.FlushIfLargeAsync(context.RequestAborted);
            most -= page.Count;
            if (page.Count < CsvPage || most == 0 || HttpMethods.IsHead(context.Request.Method))
            {
                return;
            }

            page = await reader.ListAsync(from, to, page[^1].Id, filters, Math.Min(CsvPage, most), context.RequestAborted);
        }
    }
}
