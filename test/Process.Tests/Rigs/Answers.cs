namespace Gateway.Process.Rigs;

/// <summary>Reading what the gateway said.</summary>
public static class Answers
{
    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.Content.Headers.ContentType?.MediaType.Should().Be("application/json", "this is the answer: {0}", text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>The error object of an answer that must have this status and be in OpenAI's shape.</summary>
    public static async Task<JsonNode> ErrorAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var json = await response.JsonAsync();
        response.StatusCode.Should().Be(status, "the answer is {0}", json.ToJsonString());
        var error = json["error"]!;
        error.AsObject().Select(field => field.Key).Should().Contain(["message", "type", "param", "code"]);
        error["message"]!.GetValue<string>().Should().NotBeNullOrWhiteSpace();
        return error;
    }

    public static string? Code(this JsonNode error) => error["code"]?.GetValue<string>();

    public static string? Param(this JsonNode error) => error["param"]?.GetValue<string>();

    public static string Message(this JsonNode error) => error["message"]!.GetValue<string>();

    public static async Task<string> ContentAsync(this HttpResponseMessage response)
    {
        var json = await response.JsonAsync();
        response.StatusCode.Should().Be(HttpStatusCode.OK, "the answer is {0}", json.ToJsonString());
        return json["choices"]![0]!["message"]!["content"]!.GetValue<string>();
    }
}
