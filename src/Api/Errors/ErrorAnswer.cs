namespace Gateway.Api.Errors;

/// <summary>A refusal as the result of a route handler.</summary>
public sealed class ErrorAnswer(GatewayError error) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => ErrorWriter.WriteAsync(httpContext, error);
}
