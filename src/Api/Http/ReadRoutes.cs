using Gateway.Api.Errors;

namespace Gateway.Api.Http;

public static class ReadRoutes
{
    public const string Allow = "GET, HEAD";

    private const string Slash = "%2F";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>GET and HEAD; a trailing slash is the same route.</summary>
    public static RouteHandlerBuilder MapRead(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        routes.MapMethods(pattern, Methods, handler);

    /// <summary>Answers every method that <paramref name="pattern"/> has no route for.</summary>
    /// <param name="allow">The methods that it has.</param>
    public static void RefuseOtherMethods(this IEndpointRouteBuilder routes, string pattern, string allow = Allow) =>
        routes.Map(pattern, context => ErrorWriter.WriteAsync(context, RequestErrors.MethodNotAllowed(allow))).ExcludeFromDescription();

    /// <summary>A route value as the caller meant it.</summary>
    /// <remarks>
    /// The server unescapes all but slashes, so that <c>%2F</c> in it was sent as <c>%2F</c>, a slash, or as <c>%252F</c>, these three letters:
    /// the path as it came tells which.
    /// </remarks>
    public static string Unescaped(HttpContext context, string routeValue)
    {
        if (!routeValue.Contains(Slash, StringComparison.OrdinalIgnoreCase) || RequestPath.IsAbsolute(context))
        {
            return routeValue;
        }

        var segments = RequestPath.Raw(context).ToString().Split('/');
        var count = routeValue.Count('/') + 1;
        for (var first = segments.Length - count; first >= 0; first--)
        {
            var sent = string.Join('/', segments, first, count);
            if (Uri.UnescapeDataString(sent.Replace(Slash, "%252F", StringComparison.OrdinalIgnoreCase)).Equals(routeValue, StringComparison.OrdinalIgnoreCase))
            {
                return Uri.UnescapeDataString(sent);
            }
        }

        return routeValue.Replace(Slash, "/", StringComparison.OrdinalIgnoreCase);
    }
}
