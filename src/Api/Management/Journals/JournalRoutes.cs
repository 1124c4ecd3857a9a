using Gateway.Api.Authentication;
using Gateway.Api.Authorization;
using Gateway.Api.Http;
using Gateway.Api.Management.Keys;

namespace Gateway.Api.Management.Journals;

/// <summary><c>POST /admin/journals</c>. Role admin: it writes usage.</summary>
public static class JournalRoutes
{
    private const string Path = "/admin/journals";

    /// <summary>Needs the usage ledger.</summary>
    public static IServiceCollection AddJournalManagement(this IServiceCollection services) => services.AddSingleton<JournalAdoption>();

    public static void MapJournals(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, (JournalAdoption calls, HttpContext context) => KeyEndpoints.GuardAsync(context, calls.AdoptAsync))
            .WithTags("usage").WithSummary("Takes in the journal of a front-end that does not come back, as the command line tool sends it").RequireRole(AdminRole.Admin);
        routes.RefuseOtherMethods(Path, "POST");
    }
}
