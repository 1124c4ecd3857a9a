using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Storage.Ledger.Writing;

/// <summary>Columns of a record, and the lists in it as JSON.</summary>
internal static class RecordColumns
{
    public static readonly string[] All =
    [
        "id", "at", "client_id", "user_id", "key_id", "groups", "project", "end_user", "model", "served_model", "endpoint", "operation", "streamed", "attempts", "status",
        "input", "cached_input", "cache_write", "output", "reasoning", "audio_input", "audio_output", "cost_nano_usd", "price_version", "first_byte_ms", "duration_ms",
        "is_partial", "is_interrupted", "is_estimated", "node", "session",
    ];

    public static readonly string List = string.Join(", ", All);

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    public static string Groups(UsageRecord record) => record.Groups.IsDefaultOrEmpty ? "[]" : JsonSerializer.Serialize(record.Groups, Json);

    public static string Attempts(UsageRecord record) => record.Attempts.IsDefaultOrEmpty ? "[]" : JsonSerializer.Serialize(record.Attempts, Json);
}
