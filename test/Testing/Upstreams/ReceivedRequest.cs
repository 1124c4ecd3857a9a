using System.Text;
using System.Text.Json;

namespace Gateway.Testing.Upstreams;

/// <summary>One request as it arrived: order, spelling and bytes as sent.</summary>
public sealed record ReceivedRequest(string Method, string Target, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>Number of the connection it came on, counted from 1.</summary>
    public int Connection { get; init; }

    /// <summary>Name the client asked for in TLS; null in plain text.</summary>
    public string? ServerName { get; init; }

    /// <summary>Completes when the client closes or resets the connection.</summary>
    public required Task ClientClosed { get; init; }

    public string Path => Target.Split('?')[0];

    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>The only value of the header; null when absent.</summary>
    public string? this[string header]
    {
        get
        {
            var values = Headers.Where(pair => string.Equals(pair.Key, header, StringComparison.OrdinalIgnoreCase)).Select(pair => pair.Value).ToList();
            return values.Count == 0 ? null : string.Join(", ", values);
        }
    }

    public string? Model => Property("model") is { ValueKind: JsonValueKind.String } model ? model.GetString() : null;

    public bool Stream => Property("stream") is { ValueKind: JsonValueKind.True };

    /// <summary>A field of the JSON body; null when the body is none or lacks it.</summary>
    public JsonElement? Property(string name)
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) ? value.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
