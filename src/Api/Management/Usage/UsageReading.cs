using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gateway.Api.Errors;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Api.Management.Usage;

/// <summary><c>GET /admin/usage</c>.</summary>
internal sealed class UsageReading(UsageReader reader, UsageQueryReader queries, UsageNames names)
{
    private static readonly string[] Measures =
        ["requests", "input_tokens", "output_tokens", "total_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens", "cost_usd", "partial", "interrupted", "estimated"];

    public async Task QueryAsync(HttpContext context)
    {
        if (queries.Read(context.Request.Query, out var top, out var error) is not { } query)
        {
            await ErrorWriter.WriteAsync(context, error!);
            return;
        }

        var rows = await reader.QueryAsync(query, context.RequestAborted);
        if (rows.Count > UsageQueryReader.MaxRows)
        {
            await ErrorWriter.WriteAsync(
                context, GatewayErrors.BadRequest($"The answer has more than {UsageQueryReader.MaxRows} rows; ask for a shorter time, fewer dimensions or with filters.", "group_by", "too_many_rows"));
            return;
        }

        var shown = UsageTable.Arrange(query, rows, top);
        if (CsvAnswer.IsWanted(context))
        {
            await WriteCsvAsync(context, query, shown);
            return;
        }

        await ManagementResponse.WriteJsonAsync(context, StatusCodes.Status200OK, Json(query, shown));
    }

    private ReadOnlyMemory<byte> Json(UsageQuery query, IReadOnlyList<UsageRow> rows)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("from", JsonTime(query.From));
        writer.WriteString("to", JsonTime(query.To));
        writer.WriteStartArray("data");
        foreach (var row in rows)
        {
            writer.WriteStartObject();
            for (var i = 0; i < query.GroupBy.Length; i++)
            {
                WriteKey(writer, query.GroupBy[i], row.Keys[i]);
            }

            UsageTotalsJson.WriteFields(writer, row.Totals);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private void WriteKey(Utf8JsonWriter writer, UsageDimension dimension, string key)
    {
        if (dimension == UsageDimension.Status && names.Shown(dimension, key) is not null)
        {
            writer.WriteNumber("status", int.Parse(key, CultureInfo.InvariantCulture));
            return;
        }

        writer.WriteString(UsageNames.NameOf(dimension), names.Shown(dimension, key));
    }

    private async Task WriteCsvAsync(HttpContext context, UsageQuery query, IReadOnlyList<UsageRow> rows)
    {
        await using var csv = CsvAnswer.Begin(context, "usage.csv");
        csv.WriteRow([.. query.GroupBy.Select(UsageNames.NameOf), .. Measures]);
        foreach (var row in rows)
        {
            var sum = row.Totals;
            csv.WriteRow(
            [
                .. query.GroupBy.Select((dimension, i) => names.Shown(dimension, row.Keys[i])),
                Text(sum.Requests), Text(sum.InputTokens), Text(sum.OutputTokens), Text(sum.TotalTokens), Text(sum.CachedTokens), Text(sum.CacheWriteTokens),
                Text(sum.ReasoningTokens), Usd.Text(sum.CostNanoUsd), Text(sum.Partial), Text(sum.Interrupted), Text(sum.Estimated),
            ]);
            await csv.FlushIfLargeAsync(context.RequestAborted);
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string JsonTime(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
