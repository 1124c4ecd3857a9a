using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Gateway.Api.Http.Browsers;
using Gateway.Silo.Startup;

namespace Gateway.Api.Health;

/// <summary><c>/</c>: tells a person with a browser where the API is, and a program the same in JSON.</summary>
public static class HomePage
{
    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}code{background:#8882;padding:.1em .3em}";

    private const string Html = $$"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Inference Gateway</title>
        <style>{{Style}}</style></head>
        <body>
        <h1>Inference Gateway</h1>
        <p>An OpenAI-compatible API. Point your client at the base URL <code>/v1</code> of this address and send your key as
        <code>Authorization: Bearer …</code>.</p>
        <ul><li><a href="/v1/models">/v1/models</a>: the models that your key may use</li>
        <li><a href="/health/ready">/health/ready</a>: whether the gateway serves</li></ul>
        </body>
        </html>

        """;

    // Its one style is allowed by its hash.
    private static readonly string Policy =
        $"{SecurityHeaders.NothingAllowed}; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly Description Json = new(ProductInfo.Name, ProductInfo.Version, "/v1", "/v1/models", "/health/ready");

    public static IEndpointRouteBuilder MapHomePage(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/", Methods, (HttpContext context) => WantsHtml(context.Request) ? Page(context.Response) : Results.Json(Json))
            .ExcludeFromDescription();
        return endpoints;
    }

    private static IResult Page(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        return Results.Content(Html, "text/html; charset=utf-8");
    }

    private static bool WantsHtml(HttpRequest request) =>
        request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true);

    private sealed record Description(
        [property: JsonPropertyName("name")] string Name,
        [property: JsonPropertyName("version")] string Version,
        [property: JsonPropertyName("base_url")] string BaseUrl,
        [property: JsonPropertyName("models")] string Models,
        [property: JsonPropertyName("health")] string Health);
}
