using Gateway.Testing.Fuzzing.Bodies;

namespace Gateway.Testing.Fuzzing.Requests;

/// <summary>Paths of inference requests, and paths that only look like some.</summary>
public static class InferencePaths
{
    private static readonly string[] Queries = ["?api-version=2024-10-21", "?", "?a=b&a=c", "?model=forbidden", "?%00", "?x=%ff", "?" + new string('q', 2_000)];

    /// <param name="modelInPath">Percent-encoded where it has to be; null: a path that names none.</param>
    public static string Good(FuzzRandom random, FuzzOperation operation, string? modelInPath)
    {
        var path = modelInPath is not null
            ? $"/openai/deployments/{Segment(random, modelInPath)}/{operation.Path()}"
            : random.Pick("/v1/", "/v1/", "/v1/", "/", "/v1/v1/", "/openai/v1/", "/openai/", "/resource_server/v1/", "/resource_server/metis/api/v1/") + operation.Path();
        return path + (random.OneIn(10) ? "/" : "") + (random.OneIn(6) ? random.Pick<string>(Queries) : "");
    }

    /// <summary>A proxy in front would have seen another path than the gateway, were it to accept them.</summary>
    public static string Bad(FuzzRandom random, FuzzOperation operation)
    {
        var path = "/v1/" + operation.Path();
        return random.Below(14) switch
        {
            0 => "/" + path,
            1 => path.ToUpperInvariant(),
            2 => "/v1/../v1/" + operation.Path(),
            3 => path + "/..",
            4 => path + "//",
            5 => "/v1/v1/v1/" + operation.Path(),
            6 => path.Replace("o", "%6f", StringComparison.Ordinal),
            7 => "/v1%2F" + operation.Path(),
            8 => path + random.Pick(";a=b", "%00", "%20", ".json", "x", "%2f", "\\"),
            9 => "/openai/deployments/../" + operation.Path(),
            10 => "/openai/deployments//" + operation.Path(),
            11 => "/resource_server/no/such/v1/" + operation.Path(),
            12 => "/resource_server//api/v1/" + operation.Path(),
            _ => "/./v1/" + operation.Path(),
        };
    }

    /// <summary>Reading routes, with and without damage.</summary>
    public static string Reading(FuzzRandom random, string model)
    {
        var path = random.Pick(
            "/v1/models", "/v1/models/" + Uri.EscapeDataString(model), "/models", "/health/live", "/health/ready", "/", "/resource_server/list-endpoints", "/resource_server/whoami",
            "/resource_server/status", "/resource_server/health", "/resource_server/metis/jobs", "/resource_server/metis/models", "/v1/me", "/v1/me/keys", "/admin/keys", "/admin/endpoints",
            "/admin/manifest", "/admin/cluster", "/admin/audit", "/metrics", "/openapi/v1.json", "/dashboard", "/favicon.ico", "/v1/models/forbidden", "/v1/messages");
        return random.Below(4) switch
        {
            0 => Damaged(random, path),
            1 => path + random.Pick<string>(Queries),
            _ => path,
        };
    }

    private static string Segment(FuzzRandom random, string model) =>
        random.OneIn(3) ? Uri.EscapeDataString(model).Replace("-", "%2D", StringComparison.Ordinal) : Uri.EscapeDataString(model);

    private static string Damaged(FuzzRandom random, string path)
    {
        var at = random.Between(1, path.Length);
        return path[..at] + random.Pick("%", "%zz", "%00", "%ff%fe", "/../", "//", "%2e%2e/", "\u007f", "'", "<", "{0}", "*", "%u0041", "%c0%ae", ";", "=", "a") + path[at..];
    }
}
