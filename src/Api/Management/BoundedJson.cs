using System.Text.Json;
using Gateway.Api.Http;

namespace Gateway.Api.Management;

/// <summary>Reads the small JSON objects that management calls take.</summary>
internal static class BoundedJson
{
    /// <summary>Null: not a JSON object, or more than <paramref name="maximumBytes"/>.</summary>
    public static async Task<JsonDocument?> ReadAsync(HttpRequest request, int maximumBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[maximumBytes + 1];
        try
        {
            var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            if (length > maximumBytes || !UnreadableBody.HasOnlyText(buffer.AsSpan(0, length)))
            {
                return null;
            }

            var document = JsonDocument.Parse(buffer.AsMemory(0, length), new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (Exception failure) when (failure is JsonException || (failure is IOException broken && UnreadableBody.IsFault(broken, cancellationToken)))
        {
            return null;
        }
    }
}
