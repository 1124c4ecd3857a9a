using Gateway.Api.Errors;
using Gateway.Storage.Limits;

namespace Gateway.Api.Management.Subjects;

internal static class SubjectErrors
{
    public static GatewayError BadSubject() => GatewayErrors.BadRequest(
        "A subject is 'user:alice', 'group:x', 'project:x' (or with an issuer: 'user:corp/alice'), 'key:<id>', 'default:user' or 'default:group-member:x'.", "subject");

    public static GatewayError Wrong(LimitProblem problem) => GatewayErrors.BadRequest(problem.ToString(), problem.Field.Length == 0 ? null : problem.Field);

    public static GatewayError NoLimits() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "limits_not_found", "No limits are set for this subject.");

    public static GatewayError NoBudget() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "budget_not_found", "The subject has no budget of this unit and window that was set by /admin. One of the settings (GATEWAY_LIMITS) is raised there.");

    public static GatewayError NoRoute() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "not_found", "Limits are written at /admin/subjects/{subject}/limits, budgets raised at /admin/subjects/{subject}/raise.");

    public static GatewayError Changed() =>
        new(StatusCodes.Status412PreconditionFailed, GatewayErrors.InvalidRequest, "precondition_failed", "The limits were changed since you read them. Read them again and send their ETag in If-Match.");

    public static GatewayError BadCondition() => GatewayErrors.BadRequest("'If-Match' must be an ETag that these limits were answered with, or *; 'If-None-Match' must be *.", "If-Match");
}
