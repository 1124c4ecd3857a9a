using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Silo.Settings.Readers;

/// <summary>JSON inside a setting. Errors give a position and never a piece of the text, which holds secrets.</summary>
internal static class JsonSetting
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 16, AllowDuplicateProperties = false };

    public static bool TryParseObject(string text, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out string? error)
    {
        try
        {
            document = JsonDocument.Parse(text, Options);
        }
        catch (JsonException exception)
        {
            document = null;
            error = exception.LineNumber is { } line && exception.BytePositionInLine is { } column
                ? $"is not valid JSON: look at line {line + 1}, column {column + 1}"
                : "is not valid JSON, or names one thing twice";
            return false;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            error = null;
            return true;
        }

        document.Dispose();
        document = null;
        error = "must be a JSON object, {\"name\": …}";
        return false;
    }
}
