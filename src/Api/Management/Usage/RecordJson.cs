using System.Globalization;
using System.Text.Json;
using Gateway.Abstractions.Usage;
using Gateway.Storage.Ledger;
using Gateway.Storage.Ledger.Reading;

namespace Gateway.Api.Management.Usage;

/// <summary>A record as it is shown.</summary>
internal static class RecordJson
{
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    public static void Write(Utf8JsonWriter writer, UsageRecord record, UsageNames names)
    {
        writer.WriteStartObject();
        writer.WriteString("id", record.Id.ToString());
        writer.WriteString("at", Time(record.At));
        writer.WriteString("client_id", record.ClientId);
        writer.WriteString("user", names.Shown(UsageDimension.User, record.User));
        writer.WriteString("key", record.Key);
        writer.WriteStartArray("groups");
        foreach (var group in record.Groups)
        {
            writer.WriteStringValue(names.Shown(UsageDimension.Group, group));
        }

        writer.WriteEndArray();
        writer.WriteString("project", names.Shown(UsageDimension.Project, record.Project));
        writer.WriteString("end_user", record.EndUser);
        writer.WriteString("model", record.Model);
        writer.WriteString("served_model", record.ServedModel ?? record.Model);
        writer.WriteString("endpoint", record.Endpoint);
        writer.WriteString("operation", record.Operation);
        writer.WriteBoolean("streamed", record.IsStreamed);
        WriteNumber(writer, "status", record.Status == 0 ? null : record.Status);
        WriteAttempts(writer, record);
        WriteTokens(writer, record.Usage);
        writer.WriteNumber("cost_usd", Usd.Of(record.CostNanoUsd));
        writer.WriteString("price_version", record.PriceVersion);
        WriteNumber(writer, "first_byte_ms", record.FirstByteMilliseconds);
        writer.WriteNumber("duration_ms", record.DurationMilliseconds);
        writer.WriteBoolean("partial", record.IsPartial);
        writer.WriteBoolean("interrupted", record.IsInterrupted);
        writer.WriteBoolean("estimated", record.IsEstimated);
        writer.WriteString("node", record.Node);
        writer.WriteString("session", record.Session);
        writer.WriteEndObject();
    }

    private static void WriteAttempts(Utf8JsonWriter writer, UsageRecord record)
    {
        writer.WriteStartArray("attempts");
        foreach (var attempt in record.Attempts)
        {
            writer.WriteStartObject();
            writer.WriteString("endpoint", attempt.Endpoint);
            WriteNumber(writer, "status", attempt.Status == 0 ? null : attempt.Status);
            writer.WriteString("failure", attempt.Failure);
            writer.WriteNumber("duration_ms", attempt.DurationMilliseconds);
            if (attempt.Usage is { } usage)
            {
                WriteTokens(writer, usage);
            }

            writer.WriteNumber("cost_usd", Usd.Of(attempt.CostNanoUsd));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteTokens(Utf8JsonWriter writer, TokenUsage usage)
    {
        writer.WriteNumber("input_tokens", usage.Input);
        writer.WriteNumber("output_tokens", usage.Output);
        writer.WriteNumber("cached_tokens", usage.CachedInput);
        writer.WriteNumber("cache_write_tokens", usage.CacheWrite);
        writer.WriteNumber("reasoning_tokens", usage.Reasoning);
        writer.WriteNumber("audio_input_tokens", usage.AudioInput);
        writer.WriteNumber("audio_output_tokens", usage.AudioOutput);
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, int? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
