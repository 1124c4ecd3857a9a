using System.Text.Json;
using Gateway.Api.Errors;
using Gateway.Api.Management.Keys;
using Gateway.Grains.Manifests.Assembly;

namespace Gateway.Api.Management.Endpoints;

/// <summary>The body of <c>PUT /admin/endpoints/{id}/origin</c>: nothing, or <c>{"origin":"https://api.example.org"}</c>.</summary>
internal static class OriginBody
{
    /// <returns>The origin in its full form; null without error: whatever the manifest names.</returns>
    public static async Task<(string? Origin, GatewayError? Error)> ReadAsync(HttpContext context)
    {
        var read = await ManagementBody.ReadAsync(context, mayBeEmpty: true);
        if (read.Error is not null)
        {
            return (null, read.Error);
        }

        var body = read.Body!.Value;
        if (body.ValueKind != JsonValueKind.Object || body.EnumerateObject().Any(field => field.Name != "origin"))
        {
            return (null, GatewayErrors.BadRequest("The body must be empty or a JSON object with 'origin' and nothing else."));
        }

        if (!body.TryGetProperty("origin", out var value))
        {
            return (null, null);
        }

        return value.ValueKind == JsonValueKind.String && Origin.Parse(value.GetString()) is { } origin
            ? (origin, null)
            : (null, GatewayErrors.BadRequest("'origin' must be a scheme, host and port like https://api.example.org.", "origin"));
    }
}
