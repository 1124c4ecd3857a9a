using System.Text.Json.Nodes;
using Gateway.Testing.Clusters;

namespace Gateway.Testing.Processes;

/// <summary><c>GET /admin/subjects/{subject}</c> once the subject's owner answers: one that begins or moves may be late, and its amounts are left out until then.</summary>
public static class SubjectAnswers
{
    public static Task<JsonNode> DescribeSubjectAsync(this GatewayProcess gateway, string subject) =>
        UntilToldAsync(() => gateway.AdminJsonAsync(HttpMethod.Get, "/admin/subjects/" + subject));

    public static Task<JsonNode> DescribeSubjectAsync(this FrontEndPart frontEnd, string subject) =>
        UntilToldAsync(() => frontEnd.AdminJsonAsync(HttpMethod.Get, "/admin/subjects/" + subject));

    private static Task<JsonNode> UntilToldAsync(Func<Task<JsonNode>> read) =>
        Eventually.MatchAsync(read, shown => shown["unavailable"]!.AsArray().Count == 0, "the owner of the subject answers");
}
