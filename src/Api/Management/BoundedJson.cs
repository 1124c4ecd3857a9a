using System.Text.Json;

namespace Gateway.Api.Management;

/// <summary>Reads the small JSON objects that management calls take.</summary>
internal static class BoundedJson
{
    /// <summary>Null: not a JSON object, or more than <paramref name="maximumBytes"/>.</summary>
    public static async Task<JsonDocument?> ReadAsync(HttpRequest request, int maximumBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[maximumBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > maximumBytes)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(buffer.AsMemory(0, length), new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
