using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Api.Demo;

/// <summary>The API of a demo endpoint: OpenAI's shapes, canned words.</summary>
internal sealed class DemoProvider(Func<HttpContext, string> nameOf, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/v1/chat/completions", context => AnswerAsync(context, DemoChat.Answer, DemoChat.Chunks));
        endpoints.MapPost("/v1/completions", context => AnswerAsync(context, DemoCompletions.Answer, DemoCompletions.Chunks));
        endpoints.MapPost("/v1/responses", context => AnswerAsync(context, DemoResponses.Answer, DemoResponses.Events));
        endpoints.MapPost("/v1/embeddings", context => AnswerAsync(context, DemoEmbeddings.Answer, stream: null));
    }

    private async Task AnswerAsync(HttpContext context, Func<DemoRequest, JsonObject> answer, Func<DemoRequest, IEnumerable<string>>? stream)
    {
        JsonNode? body;
        try
        {
            body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            body = null;
        }

        if (body is not JsonObject request)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsJsonAsync(
                new JsonObject { ["error"] = new JsonObject { ["message"] = "The body must be a JSON object.", ["type"] = "invalid_request_error" } },
                context.RequestAborted);
            return;
        }

        var demoRequest = new DemoRequest(request, nameOf(context), time.GetUtcNow());
        if (stream is null || !demoRequest.Streams)
        {
            await context.Response.WriteAsJsonAsync(answer(demoRequest), context.RequestAborted);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        foreach (var data in stream(demoRequest))
        {
            await context.Response.WriteAsync(data, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
