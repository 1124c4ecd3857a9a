using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Api.Http;

/// <summary>The path of a request before the server unescaped and normalised it.</summary>
public static class RequestPath
{
    /// <summary>Absolute form, as clients of a forward proxy send it: of its path the server unescapes slashes as well.</summary>
    public static bool IsAbsolute(HttpContext context) => context.Features.Get<IHttpRequestFeature>()?.RawTarget is [not '/', ..];

    public static ReadOnlySpan<char> Raw(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(target))
        {
            return context.Request.Path.Value;
        }

        var path = target.AsSpan();
        var query = path.IndexOf('?');
        path = query < 0 ? path : path[..query];
        if (path is not ['/', ..])
        {
            // Absolute form, as clients of a forward proxy send it: the path begins after the authority.
            var scheme = path.IndexOf("://", StringComparison.Ordinal);
            path = scheme < 0 ? default : path[(scheme + 3)..];
            var slash = path.IndexOf('/');
            path = slash < 0 ? default : path[slash..];
        }

        return path;
    }
}
