using System.Runtime.CompilerServices;
using Gateway.Api.Admission;
using Gateway.Api.Admission.Subjects;
using Gateway.Api.Authentication;
using Gateway.Api.Errors;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Http;
using Gateway.Api.Http.Encodings;
using Gateway.Api.Routing;
using Gateway.Api.Health;
using Gateway.Api.Usage;
using Gateway.Silo.Settings;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Gateway.Api.Forwarding;

/// <summary>The way of an inference request up to its first upstream.</summary>
/// <remarks>
/// 1. Method; a node that has just started waits for its first manifest, keys and limits.
/// 2. Who asks; before the body is read, so that strangers cannot fill memory.
/// 3. Headers and body within their bounds.
/// 4. Peek at the body: the model, whether it streams.
/// 5. Find the model's entries by the manifest that is in force now, and those of them that this caller may use. Find who is charged, and for whom it is.
/// 6. Forward.
/// </remarks>
internal sealed class InferenceHandler(
    StartGate start, Router router, ClusterScopes scopes, IAuthenticator authenticator, AdmissionController admission, RequestForwarder forwarder, InFlightRequests inFlight, RequestLog log, TimeProvider time,
    IOptions<HttpOptions> http)
{
    private readonly int _maxBodyBytes = http.Value.MaxBodyBytes;

    public async Task HandleAsync(HttpContext context, InferenceRoute route)
    {
        inFlight.Begin();
        try
        {
            if (await TryHandleAsync(context, route) is { } error)
            {
                await ErrorWriter.WriteAsync(context, error);
            }
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to be told.
        }
        catch (BadHttpRequestException refused)
        {
            await ErrorWriter.WriteAsync(context, RequestErrors.FromServer(refused.StatusCode));
        }
        catch (IOException malformed) when (malformed.InnerException is OverflowException)
        {
            // What the server throws for a chunk whose size no number holds.
            await ErrorWriter.WriteAsync(context, RequestErrors.FromServer(StatusCodes.Status400BadRequest));
        }
        catch (Exception exception)
        {
            log.Crashed(context, exception);
            await ErrorWriter.WriteAsync(context, GatewayErrors.Internal());
        }
        finally
        {
            inFlight.End();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<GatewayError?> TryHandleAsync(HttpContext context, InferenceRoute route)
    {
        var startedAt = time.GetTimestamp();
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return RequestErrors.MethodNotAllowed("POST");
        }

        await start.WaitAsync(context.RequestAborted);
        if (router.Current is null)
        {
            return GatewayErrors.NotReady();
        }

        var (caller, error) = await authenticator.AuthenticateAsync(context, context.RequestAborted);
        if (caller is null)
        {
            return Refuse(context, null, error ?? GatewayErrors.Internal());
        }

        if (caller.Operations is { } operations && !operations.Contains(route.Operation))
        {
            return Refuse(context, caller, GatewayErrors.RouteNotAllowed(route.Operation.Path()));
        }

        LiftServerBound(context);
        error = RequestBodyReader.CheckHeaders(context.Request, _maxBodyBytes) ?? CallerHeaders.Check(context.Request.Headers);
        if (error is not null)
        {
            return Refuse(context, caller, error);
        }

        (var body, error) = EncodedBodyReader.IsEncoded(context.Request)
            ? await EncodedBodyReader.ReadAsync(context.Request, _maxBodyBytes, context.RequestAborted)
            : await RequestBodyReader.ReadAsync(context.Request, _maxBodyBytes, context.RequestAborted);
        if (body is null)
        {
            return Refuse(context, caller, error!);
        }

        ForwardRequest? request = null;
        try
        {
            request = Prepare(context, caller, route, body, startedAt, out error);
            if (request is null)
            {
                return Refuse(context, caller, error!);
            }

            await forwarder.ForwardAsync(request);
            return null;
        }
        finally
        {
            if (request is null)
            {
                body.Release();
            }
            else
            {
                request.ReleaseBody();
            }
        }
    }

    private ForwardRequest? Prepare(HttpContext context, Caller caller, InferenceRoute route, RequestBody body, long startedAt, out GatewayError? error)
    {
        if (!RequestPeek.TryRead(body.Memory.Span, route.Operation, route.Model is not null, out var peeked, out error))
        {
            return null;
        }

        // The path wins: it is what the Azure-style client addressed, and what proxies in front of us saw.
        var model = route.Model ?? peeked.Model!;

        // Only now: a body may take minutes, and its entry be drained meanwhile.
        if (Find(router.Current!, route, model, out error) is not { } entries)
        {
            return null;
        }

        var endUser = EndUserName.Of(caller, context.Request.Headers, peeked, body.Memory.Span, out error);
        if (error is not null)
        {
            return null;
        }

        var usable = UsableRoute.Of(entries, caller, route.Operation);
        var limits = admission.Resolve(caller, Project(context), out error);
        error ??= limits is null ? null : AdmissionController.CheckBody(limits, body.Length);

        // Who has no entry to go to is told that and nothing of limits.
        if ((limits is null || error is not null) && !usable.Candidates.IsEmpty)
        {
            return null;
        }

        return new ForwardRequest(context, caller, route.Operation, body, peeked, usable, time, startedAt)
        {
            Limits = limits ?? CallerLimits.None,
            EndUser = endUser,
            PathModelJson = peeked.Model == model ? null : BodyEdits.ModelJson(model),
        };
    }

    private ModelRoute? Find(RoutingSnapshot snapshot, InferenceRoute route, string model, out GatewayError? error)
    {
        ModelRoute? found;
        error = null;
        if (route.Cluster is null)
        {
            found = snapshot.Find(model);
        }
        else if (!scopes.TryFind(snapshot, route.Cluster, route.Framework!, model, out found))
        {
            error = RequestErrors.ClusterNotFound();
            return null;
        }

        error = found is null ? GatewayErrors.ModelNotFound(model) : null;
        return found;
    }

    private static string? Project(HttpContext context) =>
        context.Request.Headers.TryGetValue(SubjectResolver.ProjectHeader, out var values) ? values.ToString() : null;

    private GatewayError Refuse(HttpContext context, Caller? caller, GatewayError error)
    {
        log.Refused(context, caller, error);
        return error;
    }

    /// <summary>
    /// The server's own bound would close the connection on a body that is too large before the caller could read why; ours
    /// leaves the rest to the server, which drops it for a few seconds.
    /// </summary>
    private static void LiftServerBound(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false, MaxRequestBodySize: not null } bound)
        {
            bound.MaxRequestBodySize = null;
        }
    }
}
