using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Silo.Health;

/// <summary><c>/health/live</c> and <c>/health/ready</c>: open to everyone, on every listener of every process.</summary>
public static class HealthEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/health/live", Methods, () => Results.Json(new LiveAnswer("ok"))).ExcludeFromDescription();
        endpoints.MapMethods("/health/ready", Methods, (IReadiness readiness) => Ready(readiness)).ExcludeFromDescription();
        return endpoints;
    }

    private static IResult Ready(IReadiness readiness) => readiness.Status switch
    {
        ReadinessStatus.Ok => Results.Json(new ReadyAnswer("ok", readiness.Degraded)),
        ReadinessStatus.Draining => Results.Json(new ReadyAnswer("draining", null), statusCode: StatusCodes.Status503ServiceUnavailable),
        _ => Results.Json(new ReadyAnswer("starting", null), statusCode: StatusCodes.Status503ServiceUnavailable),
    };

    private sealed record LiveAnswer([property: JsonPropertyName("status")] string Status);

    private sealed record ReadyAnswer(
        [property: JsonPropertyName("status")] string Status,
        [property: JsonPropertyName("degraded"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyCollection<string>? Degraded);
}
