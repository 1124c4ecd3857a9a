using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Storage.Audit;

namespace Gateway.Api.Management.Manifest;

/// <summary><c>GET /admin/manifest</c> and <c>POST /admin/manifest/refresh</c>.</summary>
public sealed class ManifestCalls(IGrainFactory grains, IAuditLog audit, GrainReads reads, GrainWrites writes)
{
    /// <summary>Longer than the grain takes at most: a host that hangs is told of by it.</summary>
    private static readonly TimeSpan RefreshPatience = TimeSpan.FromSeconds(45);

    private IManifestGrain Grain => grains.GetGrain<IManifestGrain>(IManifestGrain.Key);

    public async Task<IResult> GetAsync(CancellationToken cancellationToken) =>
        await reads.TryAsync(Grain.Describe, cancellationToken) is { } description
            ? new JsonAnswer(ManifestJson.Of(description))
            : new JsonAnswer(ManifestJson.Unreachable());

    public Task<IResult> RefreshAsync(HttpContext context, CancellationToken cancellationToken) => writes.RunAsync(
        async token =>
        {
            await audit.WriteAsync(new AuditEntry(context.GetCaller()!.Subject, "manifest.refresh", "manifest"), token);
            return new JsonAnswer(ManifestJson.Of(await Grain.Refresh(token)));
        },
        cancellationToken,
        RefreshPatience);
}
