using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Management.Keys;

namespace Gateway.Api.Management.Subjects;

public static class SubjectEndpoints
{
    private const string OneOrMore = "/{**subject}";

    public static IServiceCollection AddSubjectManagement(this IServiceCollection services)
    {
        services.AddSingleton<SubjectReading>();
        services.AddSingleton<LimitWriting>();
        return services;
    }

    /// <summary>
    /// Routes below <c>/admin/subjects</c>; a subject is percent-encoded or as it is, slashes included: what ends in <c>/limits</c> or
    /// <c>/raise</c> with a plain slash is about its limits.
    /// </summary>
    public static RouteGroupBuilder MapSubjectManagement(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/subjects").WithTags("subjects");
        string[] read = [HttpMethods.Get, HttpMethods.Head];
        group.MapMethods("/", read, (SubjectReading calls, HttpContext context) => KeyEndpoints.GuardAsync(context, calls.ListAsync)).WithSummary("Lists subjects with limits").RequireRole(AdminRole.Viewer);
        group.MapMethods(OneOrMore, read, (string subject, SubjectReading calls, HttpContext context) => KeyEndpoints.GuardAsync(context, _ => calls.GetAsync(context, SubjectPath.Parse(context, subject)))).WithSummary("Shows limits, what is used and reserved, and who holds it").RequireRole(AdminRole.Viewer);
        group.MapPut(OneOrMore, (string subject, LimitWriting calls, HttpContext context) => KeyEndpoints.GuardAsync(context, _ => calls.PutAsync(context, SubjectPath.Parse(context, subject)))).WithSummary("Sets the limits of a subject as a whole (…/limits)").RequireRole(AdminRole.Admin);
        group.MapDelete(OneOrMore, (string subject, LimitWriting calls, HttpContext context) => KeyEndpoints.GuardAsync(context, _ => calls.DeleteAsync(context, SubjectPath.Parse(context, subject)))).WithSummary("Deletes the limits of a subject (…/limits)").RequireRole(AdminRole.Admin);
        group.MapPost(OneOrMore, (string subject, LimitWriting calls, HttpContext context) => KeyEndpoints.GuardAsync(context, _ => calls.RaiseAsync(context, SubjectPath.Parse(context, subject)))).WithSummary("Raises a budget until a time (…/raise)").RequireRole(AdminRole.Operator);
        return group;
    }
}
