using Gateway.Api.Errors;

namespace Gateway.Api.Http;

public static class ReadRoutes
{
    public const string Allow = "GET, HEAD";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>GET and HEAD; a trailing slash is the same route.</summary>
    public static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        routes.MapMethods(pattern, Methods, handler);

    /// <summary>Answers every method that <paramref name="pattern"/> has no route for.</summary>
    /// <param name="allow">The methods that it has.</param>
    public static void RefuseOtherMethods(this IEndpointRouteBuilder routes, string pattern, string allow = Allow) =>
        routes.Map(pattern, context => ErrorWriter.WriteAsync(context, RequestErrors.MethodNotAllowed(allow))).ExcludeFromDescription();

    /// <summary>A route value as the caller meant it: the server leaves an escaped slash escaped.</summary>
    public static string Unescaped(string routeValue) => routeValue.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
