using Microsoft.Extensions.Primitives;

namespace Gateway.Api.Http.Browsers;

/// <summary>What browsers are told about answers that are not inference, unless a route knows better.</summary>
public static class SecurityHeaders
{
    /// <summary>An answer that is shown as a page can neither load, run nor send anything, and stands in nobody's frame.</summary>
    public const string NothingAllowed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly StringValues Policy = NothingAllowed;
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues NoReferrer = "no-referrer";
    private static readonly StringValues NoStore = "no-store";

    /// <summary>Place it before every route but inference, whose answers no browser shows.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use(next => context =>
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = NoSniff;
        headers.ContentSecurityPolicy = Policy;
        headers["Referrer-Policy"] = NoReferrer;
        headers.CacheControl = NoStore;
        return next(context);
    });
}
