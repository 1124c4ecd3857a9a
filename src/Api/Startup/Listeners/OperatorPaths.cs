namespace Gateway.Api.Startup.Listeners;

/// <summary>The routes of operators, which callers and their pages have no business with.</summary>
internal static class OperatorPaths
{
    private static readonly PathString[] All = ["/admin", "/dashboard", "/metrics", "/openapi"];

    // Azure's client base "/openai/…" must not be caught, hence whole segments.
    public static bool Contains(PathString path) => All.Any(operatorPath => path.StartsWithSegments(operatorPath, StringComparison.OrdinalIgnoreCase));
}
