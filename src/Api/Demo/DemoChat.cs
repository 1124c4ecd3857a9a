using System.Text.Json.Nodes;

namespace Gateway.Api.Demo;

internal static class DemoChat
{
    public static JsonObject Answer(DemoRequest request) => new()
    {
        ["id"] = "chatcmpl-" + request.Id,
        ["object"] = "chat.completion",
        ["created"] = request.Created,
        ["model"] = request.Model,
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0,
            ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = request.Reply },
            ["finish_reason"] = "stop",
        }),
        ["usage"] = Usage(request),
    };

    public static IEnumerable<string> Chunks(DemoRequest request)
    {
        yield return Chunk(request, new JsonObject { ["role"] = "assistant", ["content"] = "" }, null);
        foreach (var piece in request.Pieces)
        {
            yield return Chunk(request, new JsonObject { ["content"] = piece }, null);
        }

        yield return Chunk(request, [], "stop");
        if (request.IncludesUsage)
        {
            var last = Frame(request);
            last["choices"] = new JsonArray();
            last["usage"] = Usage(request);
            yield return Event(last);
        }

        yield return "data: [DONE]\n\n";
    }

    public static JsonObject Usage(DemoRequest request) => new()
    {
        ["prompt_tokens"] = request.InputTokens,
        ["completion_tokens"] = request.OutputTokens,
        ["total_tokens"] = request.InputTokens + request.OutputTokens,
    };

    public static string Event(JsonObject data) => $"data: {DemoJson.Text(data)}\n\n";

    private static string Chunk(DemoRequest request, JsonObject delta, string? finishReason)
    {
        var chunk = Frame(request);
        chunk["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finishReason });
        return Event(chunk);
    }

    private static JsonObject Frame(DemoRequest request) => new()
    {
        ["id"] = "chatcmpl-" + request.Id,
        ["object"] = "chat.completion.chunk",
        ["created"] = request.Created,
        ["model"] = request.Model,
    };
}
