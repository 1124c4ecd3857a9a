using System.Text.Json.Nodes;

namespace Gateway.Api.Demo;

/// <summary>One request at a demo endpoint, and the words that answer it.</summary>
internal sealed class DemoRequest(JsonObject body, string endpoint, DateTimeOffset now)
{
    private const int MaxEcho = 200;

    public string Model { get; } = Text(body["model"]) ?? DemoModels.Chat;

    public long Created { get; } = now.ToUnixTimeSeconds();

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public bool Streams { get; } = Flag(body["stream"]);

    public bool IncludesUsage { get; } = Flag((body["stream_options"] as JsonObject)?["include_usage"]);

    public bool WantsBase64 { get; } = Text(body["encoding_format"]) == "base64";

    /// <summary>What the caller said last, in whichever field the operation has for it.</summary>
    public string Input { get; } = LastText(body["messages"]) ?? LastText(body["input"]) ?? LastText(body["prompt"]) ?? "";

    public JsonNode? RawInput { get; } = body["input"];

    public string Reply => $"This is the demo endpoint '{endpoint}'. You said: {(Input.Length > MaxEcho ? Input[..MaxEcho] + "…" : Input)}";

    public int InputTokens => Tokens(Input);

    public int OutputTokens => Tokens(Reply);

    /// <summary>The reply in the pieces that a stream sends.</summary>
    public IEnumerable<string> Pieces => Reply.Split(' ').Select((word, index) => index == 0 ? word : " " + word);

    // Words stand in for tokens: enough to see usage arrive.
    private static int Tokens(string text) => Math.Max(1, text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);

    private static bool Flag(JsonNode? node) => node is JsonValue value && value.TryGetValue(out bool flag) && flag;

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string? LastText(JsonNode? node) => node switch
    {
        JsonArray { Count: > 0 } items => LastText(items[^1]),
        JsonObject item => LastText(item["content"]) ?? Text(item["text"]),
        _ => Text(node),
    };
}
