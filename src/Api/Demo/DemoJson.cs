using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Api.Demo;

internal static class DemoJson
{
    // Nobody puts this JSON into a page, and people read it in their terminals.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonObject data) => data.ToJsonString(Readable);
}
