using System.Globalization;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Api.Management.Usage;

/// <summary>A record as a row; its attempts are left to JSON.</summary>
internal static class RecordCsv
{
    public static readonly string[] Header =
    [
        "id", "at", "client_id", "user", "key", "groups", "project", "end_user", "model", "served_model", "endpoint", "operation", "streamed", "status", "attempts",
        "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens", "cost_usd", "price_version", "first_byte_ms", "duration_ms",
        "partial", "interrupted", "estimated", "node", "session",
    ];

    public static string?[] Row(UsageRecord record, UsageNames names) =>
    [
        record.Id.ToString(),
        RecordJson.Time(record.At),
        record.ClientId,
        names.Shown(UsageDimension.User, record.User),
        record.Key,
        string.Join(';', record.Groups.Select(group => names.Shown(UsageDimension.Group, group))),
        names.Shown(UsageDimension.Project, record.Project),
        record.EndUser,
        record.Model,
        record.ServedModel ?? record.Model,
        record.Endpoint,
        record.Operation,
        Text(record.IsStreamed),
        record.Status == 0 ? null : Text(record.Status),
        Text(record.Attempts.Length),
        Text(record.Usage.Input),
        Text(record.Usage.Output),
        Text(record.Usage.CachedInput),
        Text(record.Usage.CacheWrite),
        Text(record.Usage.Reasoning),
        Usd.Text(record.CostNanoUsd),
        record.PriceVersion,
        record.FirstByteMilliseconds is { } first ? Text(first) : null,
        Text(record.DurationMilliseconds),
        Text(record.IsPartial),
        Text(record.IsInterrupted),
        Text(record.IsEstimated),
        record.Node,
        record.Session,
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool flag) => flag ? "true" : "false";
}
