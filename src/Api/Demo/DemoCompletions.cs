using System.Text.Json.Nodes;

namespace Gateway.Api.Demo;

internal static class DemoCompletions
{
    public static JsonObject Answer(DemoRequest request)
    {
        var answer = Frame(request, request.Reply, "stop");
        answer["usage"] = DemoChat.Usage(request);
        return answer;
    }

    public static IEnumerable<string> Chunks(DemoRequest request)
    {
        foreach (var piece in request.Pieces)
        {
            yield return DemoChat.Event(Frame(request, piece, null));
        }

        yield return DemoChat.Event(Frame(request, "", "stop"));
        if (request.IncludesUsage)
        {
            var last = Frame(request, "", null);
            last["choices"] = new JsonArray();
            last["usage"] = DemoChat.Usage(request);
            yield return DemoChat.Event(last);
        }

        yield return "data: [DONE]\n\n";
    }

    private static JsonObject Frame(DemoRequest request, string text, string? finishReason) => new()
    {
        ["id"] = "cmpl-" + request.Id,
        ["object"] = "text_completion",
        ["created"] = request.Created,
        ["model"] = request.Model,
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["text"] = text, ["logprobs"] = null, ["finish_reason"] = finishReason }),
    };
}
