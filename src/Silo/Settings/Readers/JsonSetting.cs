using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Silo.Settings.Readers;

/// <summary>JSON inside a setting. Errors give a position and never a piece of the text, which holds secrets.</summary>
internal static class JsonSetting
{
    private const string HalfOfAPair = "has half of a surrogate pair in a name or a text";

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
        catch (InvalidOperationException)
        {
            // Looking for names that are there twice reads them.
            document = null;
            error = HalfOfAPair;
            return false;
        }

        error = document.RootElement.ValueKind != JsonValueKind.Object ? "must be a JSON object, {\"name\": …}"
            : !HasOnlyText(document.RootElement) ? HalfOfAPair
            : null;
        if (error is null)
        {
            return true;
        }

        document.Dispose();
        document = null;
        return false;
    }

    // JSON allows half of a pair as an escape, and readers throw when they are asked for such a text.
    private static bool HasOnlyText(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => IsText(static element => element.GetString(), element),
        JsonValueKind.Array => element.EnumerateArray().All(HasOnlyText),
        JsonValueKind.Object => element.EnumerateObject().All(field => IsText(static field => field.Name, field) && HasOnlyText(field.Value)),
        _ => true,
    };

    private static bool IsText<T>(Func<T, string?> read, T of)
    {
        try
        {
            read(of);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
