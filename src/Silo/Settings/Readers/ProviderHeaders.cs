using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Silo.Settings.Readers;

/// <summary>Parses <c>METIS_API_HEADERS</c>: <c>{"endpoint_id":{"header":"value"}}</c>.</summary>
internal static class ProviderHeaders
{
    private const int MaxHeaders = 32;

    public static bool TryParse(
        string? text,
        [NotNullWhen(true)] out ImmutableDictionary<string, ImmutableDictionary<string, string>>? headers,
        [NotNullWhen(false)] out string? error)
    {
        headers = ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty;
        error = null;
        if (text is null)
        {
            return true;
        }

        if (!JsonSetting.TryParseObject(text, out var document, out error))
        {
            headers = null;
            return false;
        }

        using (document)
        {
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (!TryReadHeaders(property.Value, out var found, out var problem))
                {
                    (headers, error) = (null, $"the value of \"{property.Name}\" {problem}");
                    return false;
                }

                headers = headers.SetItem(property.Name, found);
            }
        }

        return true;
    }

    private static bool TryReadHeaders(JsonElement value, [NotNullWhen(true)] out ImmutableDictionary<string, string>? headers, [NotNullWhen(false)] out string? problem)
    {
        headers = null;
        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() > MaxHeaders)
        {
            problem = $"must be an object of at most {MaxHeaders} headers, {{\"x-name\": \"value\"}}";
            return false;
        }

        var found = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in value.EnumerateObject())
        {
            if (!HeaderText.IsName(header.Name) || HeaderText.IsReserved(header.Name))
            {
                problem = $"names the header \"{header.Name}\", which cannot be set";
                return false;
            }

            if (header.Value.ValueKind != JsonValueKind.String || !HeaderText.IsValue(header.Value.GetString()!))
            {
                problem = $"has a value for \"{header.Name}\" that is not a line of printable ASCII";
                return false;
            }

            found[header.Name] = header.Value.GetString()!;
        }

        (headers, problem) = (found.ToImmutable(), null);
        return true;
    }
}
