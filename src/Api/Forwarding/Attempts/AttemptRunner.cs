using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Gateway.Abstractions.Endpoints;
using Gateway.Abstractions.Manifests;
using Gateway.Api.Forwarding.Answers;
using Gateway.Api.Forwarding.Body;
using Gateway.Api.Forwarding.Upstream;
using Gateway.Api.Routing;
using Gateway.Api.Streaming;

namespace Gateway.Api.Forwarding.Attempts;

/// <summary>Sends a request to one upstream and brings its answer to the caller, or says why there is none.</summary>
/// <remarks>
/// 1. Begin the attempt at the entry; whatever happens, its end is told exactly once.
/// 2. Send the body with the edits that this entry needs.
/// 3. An error status: read its body within bounds, name the failure. Nothing was sent to the caller.
/// 4. A success: look at its beginning; an error in it is a failure as in 3, by the status that it states itself.
/// 5. Let go of the request body and pass the answer on. From here on there is no other attempt.
/// </remarks>
internal sealed class AttemptRunner(UpstreamConnections connections, IncludeUsageSupport includeUsage, TimeProvider time)
{
    private static readonly TimeSpan UnaryTotal = TimeSpan.FromSeconds(900);
    private static readonly TimeSpan StreamTotal = TimeSpan.FromSeconds(3600);

    /// <summary>An error that is followed by another attempt is not waited for longer than this.</summary>
    private static readonly TimeSpan ErrorBodyPatience = TimeSpan.FromSeconds(2);

    /// <summary>Smaller bodies go into the buffers of a connection nearly at once: one that is reset all the same says something about the endpoint.</summary>
    private const int LargeBodyBytes = 1024 * 1024;

    /// <param name="stream">Null: the caller asked for a unary answer.</param>
    /// <param name="plain">Add nothing to the body that an upstream might not know.</param>
    /// <returns>Null: the answer went to the caller, whole or visibly broken.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<FailedAttempt?> RunAsync(ForwardRequest request, StreamResponse? stream, RouteChoice choice, AttemptDeadline deadline, bool plain)
    {
        var candidate = choice.Candidate!;
        var attempt = candidate.Endpoint.Begin(choice.ProbeId, candidate.Target);

        // What throws below without being named is our own fault and must not be laid to the endpoint.
        var failure = UpstreamFailure.CallerGone;
        TimeSpan? retryAfter = null;
        FailedAttempt? failed = null;
        var isRejected = false;
        var callerWasSlow = false;
        request.BeginWaiting();
        var hasAllTheTime = request.Attempts == 1;
        try
        {
            var asksForUsage = !plain && AsksForUsage(request, stream, candidate);
            var total = Total(candidate.Entry, stream is not null);
            (var response, failed) = await SendAsync(request, stream, candidate, deadline, asksForUsage, total);
            if (response is not null)
            {
                // A stream's answer is disposed by its reader, as early as possible; this is for all others.
                using (response)
                {
                    if (!AnswerStatus.IsSuccess((int)response.StatusCode))
                    {
                        failed = await ReadErrorAsync(request, candidate, response, deadline, asksForUsage, total);
                    }
                    else if (stream is null)
                    {
                        using var answer = new UnaryAnswer(response, candidate, deadline, new ReadPatience(deadline, candidate.Entry.Timeouts.Idle, total, request.FirstAttemptAt, time));
                        failed = Name(await answer.ReadBeginningAsync(), response, asksForUsage);
                        request.EndWaiting();
                        if (failed is null)
                        {
                            attempt.FirstByte();
                            request.Account?.FirstByte();
                            failure = await answer.SendAsync(request);
                            callerWasSlow = answer.CallerWasSlow;
                            return null;
                        }

                        request.Account?.ReadFailed(answer.Beginning);
                    }
                    else
                    {
                        deadline.Arm(total - time.GetElapsedTime(request.FirstAttemptAt));
                        var beginning = await stream.ReadBeginningAsync(response, candidate.Entry.Timeouts.Idle, deadline.Token);
                        request.EndWaiting();
                        failed = Judge(request, beginning, response, candidate, asksForUsage);
                        if (failed is null)
                        {
                            attempt.FirstByte();
                            request.Account?.FirstByte();
                            NoteRefusal(request, candidate, plain);
                            request.ReleaseBody();
                            request.AnsweredBy(UpstreamAnswer.RequestId(response));
                            var outcome = await stream.RelayAsync(beginning, RelayOptions(request, candidate, asksForUsage), deadline.Token);
                            request.Account?.CompleteStream(StatusCodes.Status200OK, outcome.Failure);
                            (failure, callerWasSlow) = (AnswerStatus.ClassifyInAnswer(outcome.StatedStatus) ?? outcome.Failure, outcome.CallerWasSlow);
                            isRejected = failure != outcome.Failure && failure is UpstreamFailure.None;
                            return null;
                        }
                    }
                }
            }

            failure = failed!.Failure;
            retryAfter = failed.RetryAfter;
            return failed;
        }
        finally
        {
            request.EndWaiting();
            if (isRejected || failed is { Failure: UpstreamFailure.None } or { IsUnwantedAnswer: true })
            {
                attempt.EndRejected();
            }
            else if (failed is { Failure: UpstreamFailure.KeyRefused, Status: StatusCodes.Status403Forbidden })
            {
                attempt.EndForbidden();
            }
            else if (failed is { ResetInLargeBody: true })
            {
                attempt.EndResetInBody();
            }
            else if (failure is UpstreamFailure.TotalTimeout && (callerWasSlow || !hasAllTheTime))
            {
                attempt.EndExcused();
            }
            else
            {
                attempt.End(failure, retryAfter);
            }
        }
    }

    private bool AsksForUsage(ForwardRequest request, StreamResponse? stream, RouteCandidate candidate) =>
        stream is not null && !request.Peeked.AsksForUsage && IncludeUsageSupport.HasOption(request.Operation) && includeUsage.MayAsk(candidate, request.Operation);

    /// <summary>What is left of its <c>total</c> is worth an attempt.</summary>
    public bool HasTimeLeft(ForwardRequest request, RouteCandidate candidate, bool streams) =>
        request.Attempts == 0 || time.GetElapsedTime(request.FirstAttemptAt) < Total(candidate.Entry, streams);

    private static TimeSpan Total(ManifestEntry entry, bool streams) => entry.Timeouts.Total ?? (streams ? StreamTotal : UnaryTotal);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(HttpResponseMessage? Response, FailedAttempt? Failed)> SendAsync(
        ForwardRequest request, StreamResponse? stream, RouteCandidate candidate, AttemptDeadline deadline, bool asksForUsage, TimeSpan total)
    {
        var entry = candidate.Entry;
        var left = total - time.GetElapsedTime(request.FirstAttemptAt);
        var firstByte = entry.Timeouts.FirstByte < left ? entry.Timeouts.FirstByte : left;
        var isPatientOnceSent = stream is null && !entry.RetryUnary;
        deadline.Arm(firstByte);
        var content = new SplicedContent(
            request.Body,
            BodyEdits.Build(request.Peeked, candidate.UpstreamModelJson ?? request.PathModelJson, asksForUsage, request.Operation, request.Account?.OutputCapFor(entry)),
            isPatientOnceSent ? deadline : null,
            request.FirstAttemptAt,
            total,
            time);
        using var message = UpstreamRequest.Create(request.Context.Request.Headers, candidate, candidate.Target.Addresses[(int)request.Operation], content);
        try
        {
            var response = await connections.For(candidate.Target, entry.Timeouts.Connect).SendAsync(message, deadline.Token);
            if (content.Sent || !AnswerStatus.IsSuccess((int)response.StatusCode))
            {
                if (stream is null && !isPatientOnceSent)
                {
                    // The first byte is there; reads that wait have bounds of their own, and the caller may take its time.
                    deadline.Extend(total - time.GetElapsedTime(request.FirstAttemptAt));
                }

                return (response, null);
            }

            // Nobody can have answered a request of which part is missing.
            response.Dispose();
            return (null, BrokenOff(request, candidate, UpstreamFailure.ResetBeforeAnswer));
        }
        catch (Exception exception)
        {
            var waiting = firstByte < left && !(isPatientOnceSent && content.Sent) ? UpstreamFailure.FirstByteTimeout : UpstreamFailure.TotalTimeout;
            var failure = SendFailure.BeforeAnswer(exception, deadline, waiting);
            return (null, content.Sent ? new FailedAttempt(failure, candidate) { FullySent = true } : BrokenOff(request, candidate, failure));
        }
    }

    private static FailedAttempt BrokenOff(ForwardRequest request, RouteCandidate candidate, UpstreamFailure failure) => new(failure, candidate)
    {
        ResetInLargeBody = failure is UpstreamFailure.ResetBeforeAnswer && request.BodyLength >= LargeBodyBytes,
    };

    private async Task<FailedAttempt> ReadErrorAsync(
        ForwardRequest request, RouteCandidate candidate, HttpResponseMessage response, AttemptDeadline deadline, bool asksForUsage, TimeSpan total)
    {
        var status = (int)response.StatusCode;
        var isCallersOwn = AnswerStatus.Classify(status, default) is UpstreamFailure.None;
        var startedAt = time.GetTimestamp();
        var left = total - time.GetElapsedTime(request.FirstAttemptAt);
        var bound = isCallersOwn || left < ErrorBodyPatience ? left : ErrorBodyPatience;
        var idle = candidate.Entry.Timeouts.Idle;
        using var body = new BeginningBuffer(isCallersOwn ? BoundedBody.MaxRejectionBytes : BoundedBody.MaxBytes);
        try
        {
            deadline.Extend(idle < bound ? idle : bound);
            var stream = await response.Content.ReadAsStreamAsync(deadline.Token);
            await BoundedBody.FillAsync(body, stream, UpstreamAnswer.ContentLength(response), new ReadPatience(deadline, idle, bound, startedAt, time));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The status says enough; what the body would have added is left out.
            if (deadline.CallerGone)
            {
                return new FailedAttempt(UpstreamFailure.CallerGone, candidate);
            }
        }

        request.EndWaiting();

        // What cannot be read whole cannot be looked through for secrets either.
        var bytes = body.IsComplete && UpstreamAnswer.IsFramed(response) && !UpstreamAnswer.IsEncoded(response) ? body.Bytes.ToArray() : [];
        var asksAgain = asksForUsage && IncludeUsageSupport.IsRefusal(status, bytes);
        if (!asksAgain)
        {
            request.Account?.ReadFailed(bytes);
        }

        return new FailedAttempt(AnswerStatus.Classify(status, bytes), candidate)
        {
            Status = status,
            Body = bytes,
            ContentType = UpstreamAnswer.ContentType(response),
            RequestId = UpstreamAnswer.RequestId(response),
            RetryAfter = UpstreamAnswer.RetryAfter(response, time.GetUtcNow()),
            FullySent = true,
            AskAgainPlainly = asksAgain,
        };
    }

    private FailedAttempt? Judge(ForwardRequest request, StreamBeginning beginning, HttpResponseMessage response, RouteCandidate candidate, bool asksForUsage)
    {
        if (beginning.Failure is UpstreamFailure.None)
        {
            return null;
        }

        var failed = Name(
            new FailedAttempt(beginning.Failure, candidate)
            {
                Status = (int)response.StatusCode,
                Body = beginning.ErrorBody,
                FullySent = true,
                IsUnwantedAnswer = beginning.UnwantedAnswer is not null,
            },
            response,
            asksForUsage);
        if (!failed.AskAgainPlainly)
        {
            request.Account?.ReadFailed((beginning.UnwantedAnswer ?? beginning.ErrorBody).Span);
        }

        return failed;
    }

    /// <summary>An error in a 200 that states a status is what an answer with that status is.</summary>
    [return: NotNullIfNotNull(nameof(failed))]
    private FailedAttempt? Name(FailedAttempt? failed, HttpResponseMessage response, bool asksForUsage)
    {
        if (failed is not { Failure: UpstreamFailure.ErrorInSuccess })
        {
            return failed;
        }

        var body = failed.Body.Span;
        var stated = AnswerStatus.StatedIn(body);
        return failed with
        {
            Failure = AnswerStatus.ClassifyInSuccess(stated, body),
            Status = stated ?? failed.Status,
            ContentType = "application/json",
            RequestId = UpstreamAnswer.RequestId(response),
            RetryAfter = UpstreamAnswer.RetryAfter(response, time.GetUtcNow()),
            AskAgainPlainly = asksForUsage && stated is { } status && IncludeUsageSupport.IsRefusal(status, body),
        };
    }

    /// <summary>Only an answer that came without the addition proves that the addition was at fault.</summary>
    private void NoteRefusal(ForwardRequest request, RouteCandidate candidate, bool plain)
    {
        if (plain)
        {
            includeUsage.RememberRefusal(candidate, request.Operation);
        }
    }

    private static StreamRelayOptions RelayOptions(ForwardRequest request, RouteCandidate candidate, bool hideUsage) => new()
    {
        Operation = request.Operation,
        Choices = request.Peeked.Choices,
        HideUsageChunk = hideUsage,
        IdleTimeout = candidate.Entry.Timeouts.Idle,
        MayPassError = data => SecretScan.IsClean(data, candidate.Target),
        Account = request.Account,
    };
}
