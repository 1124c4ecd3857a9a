using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Abstractions.Usage;
using Gateway.Storage.Ledger.Writing;

namespace Gateway.Storage.Ledger.Reading;

/// <summary>A row of the table of records.</summary>
internal sealed class RecordRow
{
    public const string Select =
        """
        SELECT id AS "Id", client_id AS "ClientId", user_id AS "UserId", key_id AS "KeyId", groups AS "Groups", project AS "Project", end_user AS "EndUser",
          model AS "Model", served_model AS "ServedModel", endpoint AS "Endpoint", operation AS "Operation", streamed AS "Streamed", attempts AS "Attempts",
          status AS "Status", input AS "Input", cached_input AS "CachedInput", cache_write AS "CacheWrite", output AS "Output", reasoning AS "Reasoning",
          audio_input AS "AudioInput", audio_output AS "AudioOutput", cost_nano_usd AS "CostNanoUsd", price_version AS "PriceVersion",
          first_byte_ms AS "FirstByteMs", duration_ms AS "DurationMs", is_partial AS "IsPartial", is_interrupted AS "IsInterrupted",
          is_estimated AS "IsEstimated", node AS "Node", session AS "Session"
        FROM usage_records
        """;

    public byte[] Id { get; init; } = [];

    public string ClientId { get; init; } = "";

    public string UserId { get; init; } = "";

    public string KeyId { get; init; } = "";

    public string Groups { get; init; } = "";

    public string Project { get; init; } = "";

    public string EndUser { get; init; } = "";

    public string Model { get; init; } = "";

    public string ServedModel { get; init; } = "";

    public string Endpoint { get; init; } = "";

    public string Operation { get; init; } = "";

    public long Streamed { get; init; }

    public string Attempts { get; init; } = "";

    public long Status { get; init; }

    public long Input { get; init; }

    public long CachedInput { get; init; }

    public long CacheWrite { get; init; }

    public long Output { get; init; }

    public long Reasoning { get; init; }

    public long AudioInput { get; init; }

    public long AudioOutput { get; init; }

    public long CostNanoUsd { get; init; }

    public string PriceVersion { get; init; } = "";

    public long? FirstByteMs { get; init; }

    public long DurationMs { get; init; }

    public long IsPartial { get; init; }

    public long IsInterrupted { get; init; }

    public long IsEstimated { get; init; }

    public string Node { get; init; } = "";

    public string Session { get; init; } = "";

    public UsageRecord ToRecord() => new()
    {
        Id = RecordId.FromBytes(Id),
        ClientId = Absent(ClientId),
        User = Absent(UserId),
        Key = Absent(KeyId),
        Groups = JsonSerializer.Deserialize<ImmutableArray<string>>(Groups, RecordColumns.Json),
        Project = Absent(Project),
        EndUser = Absent(EndUser),
        Model = Model,
        ServedModel = Absent(ServedModel),
        Endpoint = Absent(Endpoint),
        Operation = Operation,
        IsStreamed = Streamed != 0,
        Attempts = JsonSerializer.Deserialize<ImmutableArray<UsageAttempt>>(Attempts, RecordColumns.Json),
        Status = (int)Status,
        Usage = new TokenUsage
        {
            Input = Input,
            CachedInput = CachedInput,
            CacheWrite = CacheWrite,
            Output = Output,
            Reasoning = Reasoning,
            AudioInput = AudioInput,
            AudioOutput = AudioOutput,
            IsEstimated = IsEstimated != 0,
        },
        CostNanoUsd = CostNanoUsd,
        PriceVersion = Absent(PriceVersion),
        FirstByteMilliseconds = (int?)FirstByteMs,
        DurationMilliseconds = (int)DurationMs,
        IsPartial = IsPartial != 0,
        IsInterrupted = IsInterrupted != 0,
        IsEstimated = IsEstimated != 0,
        Node = Node,
        Session = Session,
    };

    private static string? Absent(string text) => text.Length == 0 ? null : text;
}
