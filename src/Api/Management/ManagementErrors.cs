using Gateway.Api.Errors;

namespace Gateway.Api.Management;

internal static class ManagementErrors
{
    public static GatewayError EndpointNotFound() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "endpoint_not_found", "The manifest has no accepted entry of this id.");

    public static GatewayError OverrideNotFound() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "override_not_found", "This endpoint has no override.");

    /// <param name="named">What the manifest names; null: it changed while it was to be approved.</param>
    public static GatewayError OriginDiffers(string? named) =>
        new(StatusCodes.Status409Conflict, GatewayErrors.InvalidRequest, "origin_differs", named is null
            ? "The manifest changed meanwhile and names another origin for this entry; nothing was approved. Look at GET /admin/manifest."
            : $"The manifest names {named} for this entry; nothing was approved.")
        {
            Param = "origin",
        };

    /// <summary>Of what has no version nothing can be compared, and a condition that is ignored is worse than one that is refused.</summary>
    public static GatewayError? ConditionRefusal(HttpRequest request)
    {
        var header = request.Headers.IfMatch.Count > 0 ? "If-Match" : request.Headers.IfNoneMatch.Count > 0 ? "If-None-Match" : null;
        return header is null ? null : GatewayErrors.BadRequest($"There is no ETag here that '{header}' could be compared with; leave it out.", header);
    }

    public static GatewayError SiloNotFound() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "silo_not_found", "The cluster has no silo of this id.");

    /// <summary>What cannot be audited is not begun.</summary>
    public static GatewayError AuditUnavailable() => StorageUnavailable("The database cannot be reached, so the change could not be audited; nothing was changed. Try again shortly.");

    /// <summary>A write that takes too long is applied if it turns out well.</summary>
    public static GatewayError StorageUnavailable() => StorageUnavailable("The storage did not confirm the change in time; whether the change was made is not known. Read it back before you try again.");

    public static GatewayError ClusterUnavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "cluster_unavailable", "No silo answered in time; whether the change was made is not known. Read it back before you try again.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    private static GatewayError StorageUnavailable(string message) =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "storage_unavailable", message)
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };
}
