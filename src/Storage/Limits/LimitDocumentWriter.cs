using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Abstractions.Limits;

namespace Gateway.Storage.Limits;

/// <summary>Writes a limits body; <see cref="LimitDocumentReader"/> reads the same back.</summary>
public static class LimitDocumentWriter
{
    public static string Write(LimitDocument document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, document);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static void Write(Utf8JsonWriter writer, LimitDocument document)
    {
        writer.WriteStartObject();
        WriteFields(writer, document.Fields);
        WriteTimes(writer, document.From, document.To);
        if (!document.Overrides.IsEmpty)
        {
            writer.WriteStartArray("overrides");
            foreach (var item in document.Overrides)
            {
                writer.WriteStartObject();
                WriteTimes(writer, item.From, item.To);
                WriteFields(writer, item.Fields);
                foreach (var lifted in item.Fields.Lifted.Order(StringComparer.Ordinal))
                {
                    writer.WriteNull(lifted);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteFields(Utf8JsonWriter writer, LimitFields fields)
    {
        foreach (var (name, limit) in fields.Rates)
        {
            writer.WriteNumber(name, limit);
        }

        WriteNumber(writer, "concurrency", fields.Concurrency);
        WriteNumber(writer, "max_output_tokens", fields.MaxOutputTokens);
        WriteNumber(writer, "max_body_bytes", fields.MaxBodyBytes);
        WriteNumber(writer, "queue_weight", fields.QueueWeight);
        WriteNumber(writer, "queue_priority", fields.QueuePriority);
        if (fields.TimeZone is { } zone)
        {
            writer.WriteString("time_zone", zone);
        }

        if (fields.Budgets is not { } budgets)
        {
            return;
        }

        writer.WriteStartArray("budgets");
        foreach (var budget in budgets)
        {
            WriteBudget(writer, budget);
        }

        writer.WriteEndArray();
    }

    private static void WriteBudget(Utf8JsonWriter writer, BudgetFields budget)
    {
        writer.WriteStartObject();
        WriteAmount(writer, budget, budget.Limit);
        if (budget.Window == WindowKind.RollingHours)
        {
            writer.WriteStartObject("window");
            writer.WriteNumber("rolling_hours", budget.RollingHours);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("window", LimitNames.Name(budget.Window));
        }

        writer.WriteString("mode", budget.IsHard ? "hard" : "soft");
        if (budget.SoftAt is { } softAt)
        {
            writer.WriteNumber("soft_at", softAt);
        }

        if (budget.RollsOver)
        {
            writer.WriteBoolean("rollover", true);
        }

        if (budget.RaisedUntil is { } until)
        {
            writer.WriteStartObject("raise");
            WriteAmount(writer, budget, budget.Raise);
            writer.WriteString("until", Text(until));
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteAmount(Utf8JsonWriter writer, BudgetFields budget, long amount)
    {
        if (budget.Unit == LimitUnit.NanoUsd)
        {
            writer.WriteNumber("usd", amount / BudgetReader.NanoPerUsd);
        }
        else
        {
            writer.WriteNumber("tokens", amount);
        }
    }

    private static void WriteTimes(Utf8JsonWriter writer, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (from is { } begin)
        {
            writer.WriteString("from", Text(begin));
        }

        if (to is { } end)
        {
            writer.WriteString("to", Text(end));
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);
}
