using System.Text.Json.Nodes;

namespace Gateway.Api.Demo;

internal static class DemoResponses
{
    public static JsonObject Answer(DemoRequest request) => Response(request, "completed");

    public static IEnumerable<string> Events(DemoRequest request)
    {
        var sequence = 0;
        yield return Event("response.created", new JsonObject { ["response"] = Response(request, "in_progress") });
        yield return Event("response.output_item.added", new JsonObject { ["output_index"] = 0, ["item"] = Message(request, "in_progress") });
        foreach (var piece in request.Pieces)
        {
            yield return Event("response.output_text.delta", At(new JsonObject { ["delta"] = piece }));
        }

        yield return Event("response.output_text.done", At(new JsonObject { ["text"] = request.Reply }));
        yield return Event("response.output_item.done", new JsonObject { ["output_index"] = 0, ["item"] = Message(request, "completed") });
        yield return Event("response.completed", new JsonObject { ["response"] = Response(request, "completed") });

        JsonObject At(JsonObject data)
        {
            data["item_id"] = "msg_" + request.Id;
            data["output_index"] = 0;
            data["content_index"] = 0;
            return data;
        }

        string Event(string type, JsonObject data)
        {
            data["type"] = type;
            data["sequence_number"] = sequence++;
            return $"event: {type}\ndata: {DemoJson.Text(data)}\n\n";
        }
    }

    private static JsonObject Response(DemoRequest request, string status)
    {
        var completed = status == "completed";
        return new JsonObject
        {
            ["id"] = "resp_" + request.Id,
            ["object"] = "response",
            ["created_at"] = request.Created,
            ["status"] = status,
            ["model"] = request.Model,
            ["output"] = completed ? new JsonArray(Message(request, status)) : new JsonArray(),
            ["error"] = null,
            ["usage"] = completed
                ? new JsonObject
                {
                    ["input_tokens"] = request.InputTokens,
                    ["output_tokens"] = request.OutputTokens,
                    ["total_tokens"] = request.InputTokens + request.OutputTokens,
                }
                : null,
        };
    }

    private static JsonObject Message(DemoRequest request, string status) => new()
    {
        ["id"] = "msg_" + request.Id,
        ["type"] = "message",
        ["status"] = status,
        ["role"] = "assistant",
        ["content"] = status == "completed"
            ? new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = request.Reply, ["annotations"] = new JsonArray() })
            : new JsonArray(),
    };
}
