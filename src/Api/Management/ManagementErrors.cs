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

    public static GatewayError SiloNotFound() =>
        new(StatusCodes.Status404NotFound, GatewayErrors.InvalidRequest, "silo_not_found", "The cluster has no silo of this id.");

    public static GatewayError StorageUnavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "storage_unavailable", "The change could not be stored; nothing was changed. Try again shortly.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    public static GatewayError ClusterUnavailable() =>
        new(StatusCodes.Status503ServiceUnavailable, GatewayErrors.ServerError, "cluster_unavailable", "No silo answered in time; whether the change was made is not known. Read it back before you try again.")
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };
}
