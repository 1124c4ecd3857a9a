using System.Text.Json;

namespace Gateway.Testing.Upstreams;

/// <summary>Answers in OpenAI's shapes.</summary>
public static class OpenAiBodies
{
    public const string Usage = """{"prompt_tokens":10,"completion_tokens":15,"total_tokens":25}""";

    public static string Chat(string model, string content = "Hello!") =>
        $$$"""{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":{{{Text(model)}}},"choices":[{"index":0,"message":{"role":"assistant","content":{{{Text(content)}}}},"finish_reason":"stop"}],"usage":{{{Usage}}}}""";

    public static string ToolCall(string model) =>
        $$$"""{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":{{{Text(model)}}},"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Paris\"}"}}]},"finish_reason":"tool_calls"}],"usage":{{{Usage}}}}""";

    public static string Completion(string model) =>
        $$$"""{"id":"cmpl-1","object":"text_completion","created":1700000000,"model":{{{Text(model)}}},"choices":[{"index":0,"text":"Hello!","logprobs":null,"finish_reason":"stop"}],"usage":{{{Usage}}}}""";

    public static string Embedding(string model) =>
        $$$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.25,-0.5,1]}],"model":{{{Text(model)}}},"usage":{"prompt_tokens":3,"total_tokens":3}}""";

    public static string Response(string model) =>
        $$$"""{"id":"resp_1","object":"response","created_at":1700000000,"status":"completed","model":{{{Text(model)}}},"output":[{"type":"message","id":"msg_1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hello!","annotations":[]}]}],"usage":{"input_tokens":10,"output_tokens":15,"total_tokens":25}}""";

    public static string Error(string message, string type = "server_error", string code = "upstream_said_no") =>
        $$$"""{"error":{"message":{{{Text(message)}}},"type":{{{Text(type)}}},"param":null,"code":{{{Text(code)}}}}}""";

    /// <summary>One event of a streamed chat answer, with its blank line.</summary>
    public static string Delta(string content, string model = "m") =>
        $"data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":{Text(model)},\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{Text(content)}}},\"finish_reason\":null}}]}}\n\n";

    public static string Finish(string model = "m", string reason = "stop") =>
        $"data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":{Text(model)},\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":{Text(reason)}}}]}}\n\n";

    public static string UsageChunk(string model = "m") =>
        $"data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":{Text(model)},\"choices\":[],\"usage\":{Usage}}}\n\n";

    public const string Done = "data: [DONE]\n\n";

    private static string Text(string value) => JsonSerializer.Serialize(value);
}
