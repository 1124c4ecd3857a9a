using System.Text.Json;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.Http;
using Gateway.Api.Routing;
using Gateway.Storage.Audit;

namespace Gateway.Api.Management.Endpoints;

/// <summary>Changes to one entry. Each is in the audit log before it is made: a change that cannot be audited is refused.</summary>
public sealed class EndpointWriting(Router router, IGrainFactory grains, IAuditLog audit, GrainWrites writes, TimeProvider time)
{
    private IManifestGrain Manifest => grains.GetGrain<IManifestGrain>(IManifestGrain.Key);

    /// <summary><c>live</c> also lets a refused key be tried again; it opens no circuit and beats no Offline.</summary>
    public async Task<IResult> SetOverrideAsync(string id, HttpContext context, CancellationToken cancellationToken)
    {
        var (body, error) = await OverrideBody.ReadAsync(context.Request, cancellationToken);
        error = ManagementErrors.ConditionRefusal(context.Request) ?? error;
        if (body is null || error is not null)
        {
            return new ErrorAnswer(error!);
        }

        if (!IsKnown(id))
        {
            return new ErrorAnswer(ManagementErrors.EndpointNotFound());
        }

        var actor = context.GetCaller()!.Subject;
        var word = new EndpointOverride
        {
            EntryId = id,
            Mode = body.Mode,
            Reason = body.Reason,
            Notice = body.Notice,
            SetBy = actor,
            SetAt = time.GetUtcNow(),
        };
        return await writes.RunAsync(
            async token =>
            {
                await AuditAsync(actor, "endpoint.override", id, word, token);
                if (!await Manifest.SetOverride(word))
                {
                    return new ErrorAnswer(ManagementErrors.EndpointNotFound());
                }

                if (word.Mode is OverrideMode.Live)
                {
                    await grains.GetGrain<IEndpointGrain>(id).EndEjection();
                }

                return new JsonAnswer(new { Id = id, Override = OverrideJson.Of(word) });
            },
            cancellationToken);
    }

    /// <summary>The entry may have left the manifest: its override would hold again when it comes back.</summary>
    public async Task<IResult> ClearOverrideAsync(string id, HttpContext context, CancellationToken cancellationToken)
    {
        if (ManagementErrors.ConditionRefusal(context.Request) is { } refusal)
        {
            return new ErrorAnswer(refusal);
        }

        if (!IsKnown(id) && Present(id) is null)
        {
            return new ErrorAnswer(ManagementErrors.EndpointNotFound());
        }

        return await writes.RunAsync(
            async token =>
            {
                await AuditAsync(context.GetCaller()!.Subject, "endpoint.override.clear", id, null, token);
                return await Manifest.ClearOverride(id) ? Results.NoContent() : new ErrorAnswer(ManagementErrors.OverrideNotFound());
            },
            cancellationToken);
    }

    /// <summary>Lets the account's key go to the origin that the manifest names, if it is the one of the body; the entry may be a rejected one.</summary>
    public async Task<IResult> ApproveOriginAsync(string id, HttpContext context, CancellationToken cancellationToken)
    {
        var (wanted, error) = await OriginBody.ReadAsync(context);
        error = ManagementErrors.ConditionRefusal(context.Request) ?? error;
        return error is not null ? new ErrorAnswer(error) : await writes.RunAsync(
            async token =>
            {
                if (await Manifest.DescribeOrigin(id) is not { } present)
                {
                    return new ErrorAnswer(ManagementErrors.EndpointNotFound());
                }

                if (wanted is not null && wanted != present.Named)
                {
                    return new ErrorAnswer(ManagementErrors.OriginDiffers(present.Named));
                }

                await audit.WriteAsync(
                    new AuditEntry(context.GetCaller()!.Subject, "endpoint.origin", "endpoint:" + id)
                    {
                        Before = JsonSerializer.Serialize(new { present.EndpointId, Origins = present.Bound }, JsonAnswer.Options),
                        After = JsonSerializer.Serialize(new { present.EndpointId, Origin = present.Named }, JsonAnswer.Options),
                    },
                    token);
                return await Manifest.ApproveOrigin(id, present.Named)
                    ? new JsonAnswer(new { Id = id, Origin = present.Named })
                    : new ErrorAnswer(ManagementErrors.OriginDiffers(null));
            },
            cancellationToken);
    }

    private bool IsKnown(string id) => router.Current?.Endpoints.ContainsKey(id) is true;

    private EndpointOverride? Present(string id) => router.Current?.Overrides.GetValueOrDefault(id);

    private Task AuditAsync(string actor, string action, string id, EndpointOverride? after, CancellationToken cancellationToken) =>
        audit.WriteAsync(new AuditEntry(actor, action, "endpoint:" + id) { Before = Text(Present(id)), After = Text(after) }, cancellationToken);

    private static string? Text(EndpointOverride? word) => word is null ? null : JsonSerializer.Serialize(OverrideJson.Of(word), JsonAnswer.Options);
}
