using System.Text.Json;

namespace Gateway.Grains.Tokens;

/// <summary>Texts of claims. JSON can spell half of a surrogate pair, which is no text; who cuts names in half writes such ones.</summary>
public static class ClaimText
{
    /// <summary>Null: not a string, or no text.</summary>
    public static string? Of(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
