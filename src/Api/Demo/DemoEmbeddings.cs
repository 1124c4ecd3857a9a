using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Api.Demo;

/// <summary>Eight numbers made from the text: equal texts have equal embeddings, and that is all they are good for.</summary>
internal static class DemoEmbeddings
{
    private const int Dimensions = 8;

    public static JsonObject Answer(DemoRequest request)
    {
        string[] inputs = request.RawInput is JsonArray items ? [.. items.Select(item => item?.ToString() ?? "")] : [request.Input];
        var data = inputs.Select((input, index) => new JsonObject
        {
            ["object"] = "embedding",
            ["index"] = index,
            ["embedding"] = request.WantsBase64 ? Base64(Vector(input)) : new JsonArray([.. Vector(input).Select(number => JsonValue.Create(number))]),
        });
        return new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. data]),
            ["model"] = request.Model,
            ["usage"] = new JsonObject { ["prompt_tokens"] = request.InputTokens, ["total_tokens"] = request.InputTokens },
        };
    }

    // What the SDK for JavaScript asks for by default, and decodes whatever the answer is.
    private static JsonValue Base64(IEnumerable<double> numbers)
    {
        var bytes = new byte[Dimensions * sizeof(float)];
        foreach (var (index, number) in numbers.Index())
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), (float)number);
        }

        return JsonValue.Create(Convert.ToBase64String(bytes));
    }

    private static IEnumerable<double> Vector(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return Enumerable.Range(0, Dimensions).Select(i => Math.Round(BinaryPrimitives.ReadInt16BigEndian(hash.AsSpan(i * sizeof(short))) / 32768.0, 6));
    }
}
