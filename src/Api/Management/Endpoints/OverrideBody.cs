using System.Text.Json;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Errors;

namespace Gateway.Api.Management.Endpoints;

/// <summary>The body of <c>PUT /admin/endpoints/{id}/override</c>.</summary>
/// <param name="Reason">For operators.</param>
/// <param name="Notice">For callers.</param>
public sealed record OverrideBody(OverrideMode Mode, string? Reason, string? Notice)
{
    public const int MaximumBytes = 16 * 1024;

    /// <summary>Characters of <c>reason</c> and of <c>notice</c>.</summary>
    public const int LongestText = 1_000;

    private const int LongestName = 64;

    /// <summary>Exactly one of the two is set.</summary>
    public static async Task<(OverrideBody? Body, GatewayError? Error)> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (await BoundedJson.ReadAsync(request, MaximumBytes, cancellationToken) is not { } document)
        {
            return (null, GatewayErrors.BadRequest("The body must be a JSON object of at most 16 KiB."));
        }

        using (document)
        {
            var body = document.RootElement;
            if (body.EnumerateObject().Select(field => field.Name).FirstOrDefault(name => name is not ("mode" or "reason" or "notice")) is { } unknown)
            {
                var shown = unknown.Length <= LongestName ? unknown : unknown[..LongestName];
                return (null, GatewayErrors.BadRequest($"There is no field '{shown}' here; there are mode, reason and notice.", shown));
            }

            if (ReadMode(body) is not { } mode)
            {
                return (null, GatewayErrors.BadRequest("'mode' must be drain, maintenance or live.", "mode"));
            }

            return ReadText(body, "reason", out var reason) is { } wrongReason ? (null, wrongReason)
                : ReadText(body, "notice", out var notice) is { } wrongNotice ? (null, wrongNotice)
                : (new OverrideBody(mode, reason, notice), null);
        }
    }

    private static OverrideMode? ReadMode(JsonElement body) =>
        body.TryGetProperty("mode", out var mode) && mode.ValueKind is JsonValueKind.String
            ? mode.GetString() switch
            {
                "drain" => OverrideMode.Drain,
                "maintenance" => OverrideMode.Maintenance,
                "live" => OverrideMode.Live,
                _ => null,
            }
            : null;

    private static GatewayError? ReadText(JsonElement body, string name, out string? text)
    {
        text = null;
        if (!body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        text = value.ValueKind is JsonValueKind.String ? value.GetString() : null;
        return text is { Length: <= LongestText } ? null : GatewayErrors.BadRequest($"'{name}' must be a text of at most {LongestText} characters.", name);
    }
}
